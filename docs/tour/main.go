// Command tour makes the moving picture of the README from a session with the
// demo:
//
//	go run ./docs/tour
//
// The session is tour.txt, a script of toyvm's. Its comments are shown below
// the screen, and so are savevm and loadvm.
package main

import (
	_ "embed"
	"flag"
	"fmt"
	"image/gif"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed tour.txt
var session string

func main() {
	log.SetFlags(0)
	out := flag.String("o", "docs/tour.gif", "`FILE` to write")
	flag.Parse()
	picture, err := record(session)
	if err != nil {
		log.Fatal("tour: ", err)
	}
	file, err := os.Create(*out)
	if err != nil {
		log.Fatal("tour: ", err)
	}
	if err := gif.EncodeAll(file, picture); err != nil {
		log.Fatal("tour: ", err)
	}
	if err := file.Close(); err != nil {
		log.Fatal("tour: ", err)
	}
}

// record carries out a session and returns its picture.
func record(session string) (*gif.GIF, error) {
	dir, err := os.MkdirTemp("", "tour")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	toyvm := filepath.Join(dir, "toyvm")
	if out, err := exec.Command("go", "build", "-o", toyvm, "toyvm/cmd/toyvm").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w: %s", err, out)
	}
	p, err := makePlan(session)
	if err != nil {
		return nil, err
	}
	run := exec.Command(toyvm, "run", "--display", "none", "--store", "snapshots", "--script", "-")
	run.Dir = dir
	run.Stdin = strings.NewReader(p.script.String())
	if out, err := run.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the session: %w: %s", err, out)
	}
	return animate(dir, p.frames)
}

// A plan is what the machine is to do, and what is shown of it.
type plan struct {
	script strings.Builder
	shots  int
	frames []frame

	command, note string // below the screen
}

// A frame is what is shown for a time.
type frame struct {
	shot          string // the file with the screen
	command, note string
	delay         int // hundredths of a second
}

const (
	keyDelay   = 7
	tickDelay  = 25
	resultTime = 150
	prompt     = "(toyvm) "
)

// makePlan turns the lines of a session into many small steps.
func makePlan(session string) (*plan, error) {
	p := &plan{}
	for line := range strings.Lines(session) {
		line = strings.TrimSpace(line)
		name, argument, _ := strings.Cut(line, " ")
		switch name {
		case "#":
			p.comment(argument)
		case "type":
			text, err := strconv.Unquote(argument)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", line, err)
			}
			for _, key := range text {
				p.do("type %q", string(key))
				p.do("sleep %.2f", keyDelay/100.0)
				p.show(keyDelay)
			}
		case "sleep":
			seconds, err := strconv.ParseFloat(argument, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", line, err)
			}
			for range int(seconds * 100 / tickDelay) {
				p.do("sleep %.2f", tickDelay/100.0)
				p.show(tickDelay)
			}
		case "savevm", "loadvm":
			for i := range len(line) {
				p.command = prompt + line[:i+1]
				p.repeat(keyDelay)
			}
			p.do("%s", line)
			p.show(resultTime)
		default:
			p.do("%s", line)
		}
	}
	return p, nil
}

// comment changes what stands below the screen. A command of the shell is one.
func (p *plan) comment(text string) {
	if strings.HasPrefix(text, "$ ") {
		p.command = text
		return
	}
	p.note = text
	if p.command = ""; p.shots > 0 {
		p.repeat(resultTime)
	}
}

// do has the machine do something.
func (p *plan) do(format string, args ...any) { fmt.Fprintf(&p.script, format+"\n", args...) }

// show takes a picture of the screen, and shows it.
func (p *plan) show(delay int) {
	p.shots++
	p.do("screendump %d.png", p.shots)
	p.repeat(delay)
}

// repeat shows the last picture again.
func (p *plan) repeat(delay int) {
	p.frames = append(p.frames, frame{fmt.Sprintf("%d.png", p.shots), p.command, p.note, delay})
}
