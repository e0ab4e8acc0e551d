//go:build window || windows || js

package window

import (
	"image"
	"math"
	"sync"
	"time"

	"github.com/hajimehoshi/ebiten/v2"

	"toyvm/devices/i8042"
)

// Available tells whether this build has a window.
const Available = true

// buttons are the guest's, in the order of ebiten's, which counts them as web
// browsers do.
var buttons = [...]i8042.Buttons{i8042.Left, i8042.Middle, i8042.Right, i8042.Side, i8042.Extra}

// Show shows the window until the run is over, which start begins once the
// window is there. It must be called on the main goroutine.
func Show(w *Window, start func()) error {
	g := &game{window: w, start: sync.OnceFunc(start), keys: map[ebiten.Key]i8042.Key{}}
	for name, key := range keysByName {
		var k ebiten.Key
		if err := k.UnmarshalText([]byte(name)); err != nil {
			return err
		}
		g.keys[k] = key
	}
	ebiten.SetWindowResizingMode(ebiten.WindowResizingModeEnabled)
	ebiten.SetWindowClosingHandled(true)
	ebiten.SetScreenClearedEveryFrame(false) // only what has changed is drawn
	ebiten.SetTPS(ebiten.SyncWithFPS)
	g.full = image.Pt(720, 400) // which most guests begin with
	g.resize()
	w.openSound()
	return ebiten.RunGame(g)
}

// A game is a window as ebiten sees it.
type game struct {
	window *Window
	start  func()
	keys   map[ebiten.Key]i8042.Key
	look   Look

	screen  image.Point // its size in pixels
	full    image.Point // the picture's
	sized   image.Point // the picture's when the window got its size
	picture *ebiten.Image
	version int
	overlay *ebiten.Image
	over    Overlay
	stale   bool // the screen has to be drawn
}

// Update implements ebiten.Game.
func (g *game) Update() error {
	g.start()
	if g.window.Ended() {
		return ebiten.Termination
	}
	look := g.window.Update(g.input())
	if look.Title != g.look.Title {
		ebiten.SetWindowTitle(look.Title)
	}
	if look.FullScreen != g.look.FullScreen {
		ebiten.SetFullscreen(look.FullScreen)
	}
	if look.Grabbed != g.look.Grabbed {
		mode := ebiten.CursorModeVisible
		if look.Grabbed {
			mode = ebiten.CursorModeCaptured
		}
		ebiten.SetCursorMode(mode)
	}
	g.look = look
	g.window.Picture(g.follow)
	if o := g.window.Overlay(); o.Version != g.over.Version {
		g.over, g.stale = o, true
		if o.Image != nil {
			g.overlay = upload(g.overlay, o.Image.Rect.Max, o.Image.Pix)
		}
	}
	return nil
}

func (g *game) input() Input {
	in := Input{
		Time: time.Now(), Focused: ebiten.IsFocused(), Closing: ebiten.IsWindowBeingClosed(),
		Text: string(ebiten.AppendInputChars(nil)),
	}
	for theirs, ours := range g.keys {
		if ebiten.IsKeyPressed(theirs) {
			in.Keys = append(in.Keys, ours)
		}
	}
	for theirs, ours := range buttons {
		if ebiten.IsMouseButtonPressed(ebiten.MouseButton(theirs)) {
			in.Buttons |= ours
		}
	}
	in.Pointer.X, in.Pointer.Y = ebiten.CursorPosition()
	_, in.Wheel = ebiten.Wheel()
	return in
}

// follow takes over the machine's picture.
func (g *game) follow(p *Picture) {
	if p.Version == g.version {
		return
	}
	g.picture, g.version, g.stale = upload(g.picture, p.Size, p.Pix), p.Version, true
	if full := p.FullSize(); full != g.full {
		g.full = full
		g.resize()
	}
}

// resize makes the window as large as its picture wants it.
func (g *game) resize() {
	density := ebiten.Monitor().DeviceScaleFactor()
	w, h := ebiten.Monitor().Size()
	desktop := image.Pt(int(float64(w)*density), int(float64(h)*density))
	size := sizeFor(g.full, g.sized, g.screen, desktop)
	if size == (image.Point{}) || ebiten.IsFullscreen() {
		return
	}
	g.sized = g.full
	ebiten.SetWindowSize(int(math.Ceil(float64(size.X)/density)), int(math.Ceil(float64(size.Y)/density)))
}

// upload makes an image of pixels, the same one if it has the size.
func upload(m *ebiten.Image, size image.Point, pix []byte) *ebiten.Image {
	if m == nil || m.Bounds().Max != size {
		if m != nil {
			m.Deallocate()
		}
		m = ebiten.NewImage(size.X, size.Y)
	}
	m.WritePixels(pix)
	return m
}

// Layout implements ebiten.Game; LayoutF is what counts.
func (g *game) Layout(w, h int) (int, int) { return w, h }

// LayoutF implements ebiten.LayoutFer: the screen has all the pixels that the
// display has.
func (g *game) LayoutF(w, h float64) (float64, float64) {
	density := ebiten.Monitor().DeviceScaleFactor()
	return w * density, h * density
}

// Draw implements ebiten.Game.
func (g *game) Draw(screen *ebiten.Image) {
	if size := screen.Bounds().Max; size != g.screen {
		g.screen, g.stale = size, true
	}
	if !g.stale {
		return
	}
	g.stale = false
	screen.Clear()
	put(screen, g.picture, fit(g.screen, g.full))
	if g.over.Image != nil {
		area := fit(g.screen, g.over.Image.Rect.Max)
		if g.over.Bottom {
			area = area.Add(image.Pt(0, g.screen.Y-area.Max.Y))
		}
		put(screen, g.overlay, area)
	}
}

func put(screen, m *ebiten.Image, area image.Rectangle) {
	var how ebiten.DrawImageOptions
	size := m.Bounds().Size()
	how.GeoM.Scale(float64(area.Dx())/float64(size.X), float64(area.Dy())/float64(size.Y))
	how.GeoM.Translate(float64(area.Min.X), float64(area.Min.Y))
	screen.DrawImage(m, &how)
}
