package build

import (
	"os"
	"path/filepath"
	"strings"
)

// Guests assembles the test guests: every .asm file in dir/testdata makes the
// .img file beside it.
func Guests(dir string) (Outputs, error) {
	testdata := filepath.Join(dir, "testdata")
	sources, err := filepath.Glob(filepath.Join(testdata, "*.asm"))
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "guests")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	out := Outputs{}
	for _, source := range sources {
		name := strings.TrimSuffix(filepath.Base(source), ".asm") + ".img"
		image := filepath.Join(work, name)
		if err := Nasm(source, image, testdata); err != nil {
			return nil, err
		}
		data, err := os.ReadFile(image)
		if err != nil {
			return nil, err
		}
		out["testdata/"+name] = data
	}
	return out, nil
}
