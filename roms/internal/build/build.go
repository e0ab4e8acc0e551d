// Package build makes the ROM images, and the floppy of the demo, from their
// sources: fonts from drawn glyphs, code with nasm, checksums.
package build

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"toyvm/roms/internal/font"
)

// Outputs maps the path of each generated file, relative to the roms
// directory, to its contents.
type Outputs map[string][]byte

// All builds everything from the sources in dir.
func All(dir string) (Outputs, error) {
	out, err := Fonts(dir)
	if err != nil {
		return nil, err
	}
	bios, err := assemble(dir, "bios", "bios.asm", out)
	if err != nil {
		return nil, err
	}
	vgabios, err := assemble(dir, "vgabios", "vgabios.asm", out)
	if err != nil {
		return nil, err
	}
	demo, err := assemble(dir, "demo", "demo.asm", out)
	if err != nil {
		return nil, err
	}
	// Option ROMs sum to zero, which their last byte sees to.
	vgabios[len(vgabios)-1] -= sum(vgabios)
	out["bios.bin"] = bios
	out["vgabios.bin"] = vgabios
	out["demo/demo.img"] = demo
	return out, nil
}

// Fonts builds the fonts alone, which needs no assembler.
func Fonts(dir string) (Outputs, error) {
	var tall, medium, small font.Font
	if err := parse(&tall, filepath.Join(dir, "font", "8x16.txt"), 16); err != nil {
		return nil, err
	}
	for code, glyph := range tall {
		if glyph == nil {
			continue
		}
		medium[code] = font.To14(glyph)
		small[code] = font.To8(glyph)
	}
	if err := parse(&small, filepath.Join(dir, "font", "8x8.txt"), 8); err != nil {
		return nil, err
	}
	tall.AddGraphics(16)
	medium.AddGraphics(14)
	small.AddGraphics(8)
	out := Outputs{
		"font/8x16.bin": tall.Bytes(),
		"font/8x14.bin": medium.Bytes(),
		"font/8x8.bin":  small.Bytes(),
	}
	for name, height := range map[string]int{"font/8x16.bin": 16, "font/8x14.bin": 14, "font/8x8.bin": 8} {
		if len(out[name]) != 256*height {
			return nil, fmt.Errorf("%s: %d bytes, want %d: a glyph is missing", name, len(out[name]), 256*height)
		}
	}
	return out, nil
}

func parse(f *font.Font, path string, height int) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := f.Parse(file, height); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// assemble runs nasm on dir/sub/source. The fonts come from fonts rather than
// from the committed files, so that a build is never a mixture.
func assemble(dir, sub, source string, fonts Outputs) ([]byte, error) {
	work, err := os.MkdirTemp("", "roms")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	for name, data := range fonts {
		if err := os.WriteFile(filepath.Join(work, filepath.Base(name)), data, 0o666); err != nil {
			return nil, err
		}
	}
	image := filepath.Join(work, "rom")
	err = Nasm(filepath.Join(dir, sub, source), image, work, filepath.Join(dir, sub), filepath.Join(dir, "include"))
	if err != nil {
		return nil, err
	}
	return os.ReadFile(image)
}

// Nasm assembles source to the flat binary output.
func Nasm(source, output string, include ...string) error {
	args := []string{"-f", "bin", "-Werror", "-o", output}
	for _, dir := range include {
		args = append(args, "-I", dir+string(filepath.Separator))
	}
	text, err := exec.Command("nasm", append(args, source)...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("nasm %s: %w\n%s", source, err, text)
	}
	return nil
}

func sum(data []byte) byte {
	var s byte
	for _, b := range data {
		s += b
	}
	return s
}
