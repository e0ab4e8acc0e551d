//go:build window || windows || js

package window

import (
	"fmt"
	"time"

	"github.com/ebitengine/oto/v3"
)

// openSound plays the speaker by oto, as ebiten's own sound does. But that
// ends the program where there is no sound, and a machine can do without.
func (w *Window) openSound() {
	context, ready, err := oto.NewContext(&oto.NewContextOptions{
		SampleRate: sampleRate, ChannelCount: 1, Format: oto.FormatFloat32LE, BufferSize: 40 * time.Millisecond,
	})
	if err != nil {
		w.noSound(err)
		return
	}
	player := context.NewPlayer(&w.speaker)
	player.SetBufferSize(sampleRate * sampleSize / 25)
	player.Play()
	go func() {
		<-ready
		if err := context.Err(); err != nil {
			w.noSound(err)
		}
	}()
}

func (w *Window) noSound(err error) {
	w.reply(func() { w.say(fmt.Sprintf("no sound: %v", err)) })
}
