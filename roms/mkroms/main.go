// Command mkroms builds the fonts, the ROM images, the demo and the test guests
// in the directory given, or the present one.
package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"

	"toyvm/roms/internal/build"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "mkroms:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	dir := "."
	if len(args) > 0 {
		dir = args[0]
	}
	outputs, err := build.All(dir)
	if err != nil {
		return err
	}
	guests, err := build.Guests(dir)
	if err != nil {
		return err
	}
	maps.Copy(outputs, guests)
	for name, data := range outputs {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o666); err != nil {
			return err
		}
	}
	return nil
}
