package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const root = ".."

// pages are all texts of the repository, by their paths below its root.
func pages(t *testing.T) map[string]string {
	t.Helper()
	list := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return filepath.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(root, path)
		list[filepath.ToSlash(name)] = string(text)
		return err
	}))
	return list
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	block   = regexp.MustCompile("(?ms)^```.*?^```$")
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// links are the targets of a page's links, as paths below the root.
func links(page, text string) (targets []string) {
	for _, m := range link.FindAllStringSubmatch(block.ReplaceAllString(text, ""), -1) {
		target := m[1]
		if strings.Contains(target, "://") {
			continue
		}
		file, anchor, _ := strings.Cut(target, "#")
		if file == "" {
			file = filepath.Base(page)
		}
		target = filepath.ToSlash(filepath.Join(filepath.Dir(page), file))
		if anchor != "" {
			target += "#" + anchor
		}
		targets = append(targets, target)
	}
	return targets
}

// anchors are the names by which links lead to the headings of a page.
func anchors(text string) (list []string) {
	for _, m := range heading.FindAllStringSubmatch(block.ReplaceAllString(text, ""), -1) {
		plain := noSlug.ReplaceAllString(strings.ToLower(m[1]), "")
		list = append(list, strings.ReplaceAll(plain, " ", "-"))
	}
	return list
}

func TestNoLinkIsDead(t *testing.T) {
	all := pages(t)
	for page, text := range all {
		for _, target := range links(page, text) {
			file, anchor, hasAnchor := strings.Cut(target, "#")
			_, err := os.Stat(filepath.Join(root, file))
			assert.NoError(t, err, "%s links to %s", page, target)
			if hasAnchor {
				assert.Contains(t, anchors(all[file]), anchor, "%s links to %s", page, target)
			}
		}
	}
}

// TestEveryPageCanBeReached follows links from the README on.
func TestEveryPageCanBeReached(t *testing.T) {
	all := pages(t)
	reached := map[string]bool{"README.md": true}
	for todo := []string{"README.md"}; len(todo) > 0; todo = todo[1:] {
		for _, target := range links(todo[0], all[todo[0]]) {
			file, _, _ := strings.Cut(target, "#")
			if _, isPage := all[file]; isPage && !reached[file] {
				reached[file] = true
				todo = append(todo, file)
			}
		}
	}
	for page := range all {
		assert.True(t, reached[page], "no link leads to %s", page)
	}
}

// TestEveryBlockIsRunOrSaysWhyNot finds blocks that no test carries out: those
// in the pages named here are, and the README's first two are .ci/run's.
func TestEveryBlockIsRunOrSaysWhyNot(t *testing.T) {
	run := map[string][]string{
		"README.md":                {"sh", "console", "go"},
		"docs/monitor.md":          {"console"},
		"docs/scripting.md":        {"console", "toyvm"},
		"docs/snapshots.md":        {"console"},
		"docs/writing-a-device.md": {"go"},
	}
	opening := regexp.MustCompile("(?m)(^.*)\n```([a-z]+)\n")
	for page, text := range pages(t) {
		for _, m := range opening.FindAllStringSubmatch(text, -1) {
			excused := strings.HasPrefix(m[1], "<!-- not run: ")
			assert.True(t, excused || slices.Contains(run[page], m[2]), "%s: a block of %s is not run", page, m[2])
		}
	}
}
