package monitor

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"

	"toyvm/cmd/toyvm/internal/terminal"
	"toyvm/devices/vga"
)

// Screen is the text on the screen, without the blanks at the ends of lines,
// or empty in graphics modes.
func (c *Console) Screen() string {
	if text := c.Machine.Text(); text != nil {
		return text.String()
	}
	return ""
}

func parseScreen([]string) (Action, error) {
	return func(c *Console) error {
		_, err := io.WriteString(c.Out, c.Describe())
		return err
	}, nil
}

// Describe is the text on the screen, or in graphics modes a line that says so.
func (c *Console) Describe() string {
	if c.Machine.Text() == nil {
		f := c.Machine.Frame()
		return fmt.Sprintf("(graphics, %d by %d dots)\n", f.Width, f.Height)
	}
	return c.Screen()
}

var dumpers = map[string]func(io.Writer, *Console) error{
	".txt": textDumper(func(w io.Writer, c *Console) error {
		_, err := io.WriteString(w, c.Screen())
		return err
	}),
	".ans": textDumper(func(w io.Writer, c *Console) error { return terminal.WriteText(w, c.Machine.Text()) }),
	".png": func(w io.Writer, c *Console) error { return png.Encode(w, picture(c.Machine.Frame())) },
	".ppm": func(w io.Writer, c *Console) error { return writePPM(w, picture(c.Machine.Frame())) },
}

func parseScreendump(args []string) (Action, error) {
	path := args[0]
	dump, err := ScreenDumper(path)
	if err != nil {
		return nil, err
	}
	return func(c *Console) error {
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		w := bufio.NewWriter(f)
		return errors.Join(dump(w, c), w.Flush(), f.Close())
	}, nil
}

// ScreenDumper writes the screen in the format that the end of a file's name
// stands for.
func ScreenDumper(path string) (func(io.Writer, *Console) error, error) {
	dump := dumpers[strings.ToLower(filepath.Ext(path))]
	if dump == nil {
		return nil, fmt.Errorf("%q: the name must end with .txt, .ans, .png or .ppm", path)
	}
	return dump, nil
}

// textDumper makes a dumper that needs a text mode.
func textDumper(dump func(io.Writer, *Console) error) func(io.Writer, *Console) error {
	return func(w io.Writer, c *Console) error {
		if c.Machine.Text() == nil {
			return errors.New("the screen shows graphics; .png and .ppm take it")
		}
		return dump(w, c)
	}
}

// picture is a frame as a monitor shows it: dots of double size are doubled.
func picture(f *vga.Frame) image.Image {
	small := f.Image()
	if f.ScaleX == 1 && f.ScaleY == 1 {
		return small
	}
	large := image.NewRGBA(image.Rect(0, 0, f.Width*f.ScaleX, f.Height*f.ScaleY))
	for y := range f.Height * f.ScaleY {
		for x := range f.Width * f.ScaleX {
			large.Set(x, y, small.At(x/f.ScaleX, y/f.ScaleY))
		}
	}
	return large
}

// writePPM writes a picture in the format of portable pixmaps.
func writePPM(w io.Writer, m image.Image) error {
	size := m.Bounds().Size()
	pix := make([]byte, 0, 3*size.X*size.Y)
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := m.At(x, y).RGBA()
			pix = append(pix, byte(r>>8), byte(g>>8), byte(b>>8))
		}
	}
	if _, err := fmt.Fprintf(w, "P6\n%d %d\n255\n", size.X, size.Y); err != nil {
		return err
	}
	_, err := w.Write(pix)
	return err
}
