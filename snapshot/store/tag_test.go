package store

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAnyPrintableTextIsATag(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	image := imageOf(t, tiny)
	tags := []string{
		"boot", "Boot", "BOOT", "..", "../x", "a/b", `a\b`, "con", "nul.txt", "-rf", ".hidden", "a b", "Größe ½", "日本",
		"%41", "a%", "~", "*?<>|:\"", strings.Repeat("x", 255), strings.Repeat("x", 254), strings.Repeat("/", 255),
		strings.Repeat("日", 85),
	}
	files := map[string]bool{}
	for _, tag := range tags {
		save(t, s, tag, image)
		name := manifestName(tag)
		assert.Equal(t, filepath.Base(name), name)
		assert.LessOrEqual(t, len(name), 200)
		files[strings.ToLower(name)] = true
		if len(tag) < 30 {
			assert.Equal(t, tag, tagOf(name))
		}
	}
	assert.Len(t, files, len(tags), "each has its own file, also where case does not count")
	for _, tag := range tags {
		requireEqual(t, image, load(t, s, tag))
	}
}

func TestWhatCannotBeATagIsRefused(t *testing.T) {
	s := Open(t.TempDir() + "/s")
	for tag, problem := range map[string]string{
		"":                       "a snapshot needs a name",
		"a\nb":                   `the name of a snapshot must be printable, "a\nb" contains U+000A`,
		"a\x00":                  `the name of a snapshot must be printable, "a\x00" contains U+0000`,
		"\xff":                   `the name of a snapshot must be text, "\xff" is not UTF-8`,
		"\u202e":                 `the name of a snapshot must be printable, "\u202e" contains U+202E`,
		strings.Repeat("x", 256): `the name of a snapshot has 256 bytes, 255 are allowed: "` + strings.Repeat("x", 40) + `"…`,
	} {
		_, err := s.Save(t.Context(), tag, imageOf(t, tiny), Meta{}, nil)
		require.EqualError(t, err, problem)
		_, err = s.Load(t.Context(), tag, nil)
		require.EqualError(t, err, problem)
		require.EqualError(t, s.Delete(t.Context(), tag), problem)
	}
	assert.NoDirExists(t, s.dir)
}
