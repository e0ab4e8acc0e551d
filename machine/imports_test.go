package machine

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// allowed lists which packages of ours a package, or a tree of them, may
// import. What is not listed may import anything but commands.
var allowed = map[string][]string{
	"toyvm/vmstate/...":  nil,
	"toyvm/cpu":          {"toyvm/vmstate"},
	"toyvm/devices":      {"toyvm/vmstate"},
	"toyvm/devices/...":  {"toyvm/devices", "toyvm/vmstate"},
	"toyvm/roms":         nil,
	"toyvm/machine":      {"toyvm/cpu", "toyvm/devices/...", "toyvm/roms", "toyvm/vmstate"},
	"toyvm/snapshot/...": {"toyvm/snapshot/...", "toyvm/vmstate"},

	// What joins machines and their images.
	"toyvm/snapshot/spawn": {"toyvm/machine", "toyvm/snapshot/..."},

	// For tests.
	"toyvm/vmstate/vmstatetest": {"toyvm/snapshot/migration", "toyvm/vmstate"},
	"toyvm/devices/devicetest":  {"toyvm/devices", "toyvm/vmstate/..."},
	"toyvm/snapshot/snaptest":   {"toyvm/devices/...", "toyvm/machine", "toyvm/snapshot/...", "toyvm/vmstate"},

	// A command.
	"toyvm/cpu/gen": nil,
}

// deterministic lists the trees that must not see the host.
var deterministic = []string{"toyvm/vmstate", "toyvm/cpu", "toyvm/devices/...", "toyvm/machine"}

// hostly are the names that would show a guest something of the host: whole
// packages, or names in one.
var hostly = []string{
	"os", "os/...", "net/...", "math/rand", "math/rand/v2", "crypto/rand",
	"runtime.NumCPU", "runtime.GOMAXPROCS", "runtime.NumGoroutine", "runtime.ReadMemStats",
	"time.Now", "time.Since", "time.Until", "time.After", "time.AfterFunc", "time.Tick", "time.NewTimer",
	"time.NewTicker", "time.Sleep", "time.Local", "time.LoadLocation",
}

// A listed package is what go list tells about it.
type listed struct {
	ImportPath, Dir  string
	GoFiles, Imports []string
}

func listPackages(t *testing.T) (list []listed) {
	t.Helper()
	out, err := exec.Command("go", "list", "-deps", "-json=ImportPath,Dir,GoFiles,Imports", "toyvm/...").Output()
	require.NoError(t, err)
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); err == io.EOF {
			return list
		} else {
			require.NoError(t, err)
		}
		if within(p.ImportPath, "toyvm/...") {
			list = append(list, p)
		}
	}
}

// within tells whether a pattern names the path itself, or with /... a tree
// that it is in.
func within(path, pattern string) bool {
	tree, isTree := strings.CutSuffix(pattern, "/...")
	return path == tree || isTree && strings.HasPrefix(path, tree+"/")
}

func withinAny(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return within(path, pattern) })
}

// rule is what applies to a package: an entry of its own, or that of the
// smallest tree it is in.
func rule(path string) (pattern string, ok bool) {
	if _, ok := allowed[path]; ok {
		return path, true
	}
	for tree := range allowed {
		if within(path, tree) && len(tree) > len(pattern) {
			pattern, ok = tree, true
		}
	}
	return pattern, ok
}

func TestImports(t *testing.T) {
	list := listPackages(t)
	require.Greater(t, len(list), 20)
	for _, p := range list {
		for _, imported := range p.Imports {
			if !within(imported, "toyvm/...") {
				continue
			}
			if !within(p.ImportPath, "toyvm/cmd/...") {
				assert.False(t, within(imported, "toyvm/cmd/..."), "%s imports %s", p.ImportPath, imported)
			}
			if r, ok := rule(p.ImportPath); ok {
				assert.True(t, withinAny(imported, allowed[r]), "%s imports %s; allowed are %q", p.ImportPath, imported, allowed[r])
			}
		}
	}
}

func TestNothingSeesTheHost(t *testing.T) {
	checked := 0
	for _, p := range listPackages(t) {
		if !withinAny(p.ImportPath, deterministic) || strings.HasSuffix(p.ImportPath, "test") {
			continue
		}
		for _, name := range p.GoFiles {
			checked++
			for _, use := range uses(t, filepath.Join(p.Dir, name)) {
				assert.False(t, withinAny(use, hostly), "%s in %s uses %s", name, p.ImportPath, use)
			}
		}
	}
	assert.Greater(t, checked, 100)
}

// uses lists the packages that a file imports, and the names that it uses of
// them, such as time.Now.
func uses(t *testing.T, path string) (list []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	imported := map[string]string{}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		name := path[strings.LastIndexByte(path, '/')+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imported[name] = path
		list = append(list, path)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := s.X.(*ast.Ident); ok && imported[x.Name] != "" {
				list = append(list, imported[x.Name]+"."+s.Sel.Name)
			}
		}
		return true
	})
	return list
}
