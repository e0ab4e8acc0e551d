package vmstate_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// packages imports what it has, and an empty package for anything else: the
// declarations of vmstate that the snippets below use need no other.
type packages map[string]*types.Package

func (p packages) Import(name string) (*types.Package, error) {
	if p[name] == nil {
		p[name] = types.NewPackage(name, path.Base(name))
		p[name].MarkComplete()
	}
	return p[name], nil
}

// declarations type-checks the declarations of the package in this directory,
// without the bodies of functions.
func declarations(t *testing.T, fset *token.FileSet, imports packages) *types.Package {
	names, err := filepath.Glob("*.go")
	require.NoError(t, err)
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		files = append(files, f)
	}
	ignore := func(error) {} // what the empty packages lack
	config := types.Config{Importer: imports, IgnoreFuncBodies: true, Error: ignore}
	pkg, _ := config.Check("toyvm/vmstate", fset, files, nil)
	return pkg
}

func TestAccessorOfAnotherTypeDoesNotCompile(t *testing.T) {
	fset, imports := token.NewFileSet(), packages{}
	imports["toyvm/vmstate"] = declarations(t, fset, imports)
	const prologue = `package dev

import "toyvm/vmstate"

type mode uint8

type dev struct {
	u8   uint8
	u16  uint16
	i32  int32
	mode mode
	regs [4]uint32
	part part
}

type part struct{ a uint8 }

var parts = &vmstate.Description[part]{Fields: vmstate.Fields[part]{
	vmstate.Uint8("a", func(p *part) *uint8 { return &p.a }),
}}

var _ = vmstate.Fields[dev]{`
	for _, c := range []struct {
		field string
		fault string // empty: it compiles
	}{
		{`vmstate.Uint8("u8", func(d *dev) *uint8 { return &d.u8 })`, ""},
		{`vmstate.Uint8("mode", func(d *dev) *mode { return &d.mode })`, ""},
		{`vmstate.Array("regs", func(d *dev) []uint32 { return d.regs[:] }, vmstate.Uint32)`, ""},
		{`vmstate.Struct("part", func(d *dev) *part { return &d.part }, parts)`, ""},
		{`vmstate.Array("parts", func(d *dev) []part { return nil }, vmstate.StructOf(parts))`, ""},

		{`vmstate.Uint8("u16", func(d *dev) *uint16 { return &d.u16 })`, "does not satisfy ~uint8"},
		{`vmstate.Uint32("i32", func(d *dev) *int32 { return &d.i32 })`, "does not satisfy ~uint32"},
		{`vmstate.Bool("u8", func(d *dev) *uint8 { return &d.u8 })`, "does not satisfy ~bool"},
		{`vmstate.Int32Max("u16", func(d *dev) *uint16 { return &d.u16 })`, "does not satisfy ~int32"},
		{`vmstate.Buffer("regs", func(d *dev) []uint32 { return d.regs[:] })`, "func(*dev) []byte"},
		{`vmstate.Array("regs", func(d *dev) []uint32 { return d.regs[:] }, vmstate.Uint16)`, "vmstate.Uint16"},
		{`vmstate.Struct("u8", func(d *dev) *uint8 { return &d.u8 }, parts)`, "Description[part]"},
		{`vmstate.Uint8("a", func(p *part) *uint8 { return &p.a })`, "Field[part]"},
	} {
		f, err := parser.ParseFile(fset, c.field, prologue+c.field+"}", 0)
		require.NoError(t, err)
		config := types.Config{Importer: imports}
		_, err = config.Check("dev", fset, []*ast.File{f}, nil)
		if c.fault == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, c.fault)
		}
	}
}
