package vmstatetest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"toyvm/vmstate"
)

// Coverage checks that every field of the device's struct, and of the structs
// inside, is declared, or marked as transient or derived; not both.
func Coverage[T any](t TB, s Subject[T]) {
	t.Helper()
	reported := map[string]bool{}
	s.each(func(state string, object *T) {
		c := coverage{seen: map[uintptr]bool{}}
		c.declared, c.entries = declaredMemory(s, object)
		c.report = func(path, problem string) {
			if !reported[path] {
				reported[path] = true
				t.Errorf("state %q: field %s %s", state, path, problem)
			}
		}
		c.value("", reflect.ValueOf(object).Elem())
	})
}

// A span is memory from one address up to another.
type span struct{ from, to uintptr }

// spans are sorted and do not touch each other.
type spans []span

// declaredMemory is the memory behind all fields of the description, and the
// entries of maps by the addresses of these.
func declaredMemory[T any](s Subject[T], object *T) (spans, map[uintptr][]vmstate.MapEntry) {
	var all spans
	entries := map[uintptr][]vmstate.MapEntry{}
	s.Description.Memory(object, func(memory any) {
		v := reflect.ValueOf(memory)
		entry, isEntry := memory.(vmstate.MapEntry)
		switch {
		case isEntry:
			m := reflect.ValueOf(entry.Map).Pointer()
			entries[m] = append(entries[m], entry)
		case v.Kind() == reflect.Slice && v.Len() > 0:
			all = append(all, span{v.Pointer(), v.Pointer() + uintptr(v.Len())*v.Type().Elem().Size()})
		case v.Kind() == reflect.Pointer && !v.IsNil():
			all = append(all, span{v.Pointer(), v.Pointer() + v.Type().Elem().Size()})
		}
	})
	slices.SortFunc(all, func(a, b span) int {
		if a.from < b.from {
			return -1
		}
		return 1
	})
	var merged spans
	for _, next := range all {
		if last := len(merged) - 1; last >= 0 && next.from <= merged[last].to {
			merged[last].to = max(merged[last].to, next.to)
		} else {
			merged = append(merged, next)
		}
	}
	return merged, entries
}

// cover tells whether all of the memory is declared; touch, whether any is.
func (s spans) cover(from, to uintptr) bool {
	return slices.ContainsFunc(s, func(d span) bool { return d.from <= from && to <= d.to })
}

func (s spans) touch(from, to uintptr) bool {
	return slices.ContainsFunc(s, func(d span) bool { return d.from < to && from < d.to })
}

type coverage struct {
	declared spans
	entries  map[uintptr][]vmstate.MapEntry
	seen     map[uintptr]bool // pointers that were followed
	report   func(path, problem string)
}

const undeclared = "is neither declared nor marked `vmstate:\"transient\"` or `vmstate:\"derived\"`"

func memoryOf(v reflect.Value) (from, to uintptr) {
	return v.UnsafeAddr(), v.UnsafeAddr() + v.Type().Size()
}

// value checks the memory of v and what it points to.
func (c *coverage) value(path string, v reflect.Value) {
	if v.Type().Size() == 0 {
		return
	}
	covered := c.declared.cover(memoryOf(v))
	switch v.Kind() {
	case reflect.Struct:
		c.fields(path, v)
	case reflect.Array:
		if !covered {
			c.elements(path, v)
		}
	case reflect.Slice:
		c.slice(path, v, covered)
	case reflect.Map:
		c.mapped(path, v, covered)
	case reflect.Pointer:
		c.pointer(path, v, covered)
	case reflect.Interface:
		if !covered {
			c.pointer(path, v.Elem(), false)
		}
	default:
		if !covered {
			c.report(path, undeclared)
		}
	}
}

func (c *coverage) fields(path string, v reflect.Value) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Name == "_" {
			continue
		}
		below := strings.TrimPrefix(path+"."+field.Name, ".")
		switch mark := markOf(field); {
		case mark == unmarked:
			c.value(below, v.Field(i))
		case mark == misspelt:
			c.report(below, "has the tag `"+string(field.Tag)+"`, which is neither transient nor derived")
		case field.Type.Size() > 0 && c.declared.cover(memoryOf(v.Field(i))):
			c.report(below, "is marked `"+string(field.Tag)+"` although it is declared")
		}
	}
}

// elements checks an array element by element; one of plain values of which
// nothing is declared is reported as a whole.
func (c *coverage) elements(path string, v reflect.Value) {
	if plain(v.Type().Elem()) && !c.declared.touch(memoryOf(v)) {
		c.report(path, undeclared)
		return
	}
	for i := range v.Len() {
		c.value(path+index(i), v.Index(i))
	}
}

func plain(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Struct, reflect.Array, reflect.Slice, reflect.Pointer, reflect.Interface:
		return false
	}
	return true
}

// slice checks what a slice holds, declared or not: a field may declare the
// elements alone, or the slice whose elements have forgotten fields.
func (c *coverage) slice(path string, v reflect.Value, covered bool) {
	from := v.Pointer()
	to := from + uintptr(v.Len())*v.Type().Elem().Size()
	behindPointers := v.Len() > 0 && v.Type().Elem().Kind() == reflect.Pointer
	if !covered && !behindPointers && !c.declared.touch(from, to) {
		c.report(path, undeclared)
		return
	}
	if plain(v.Type().Elem()) && c.declared.cover(from, to) {
		return
	}
	for i := range v.Len() {
		c.value(path+index(i), v.Index(i))
	}
}

// mapped checks copies of what is in a map.
func (c *coverage) mapped(path string, v reflect.Value, covered bool) {
	if !covered {
		c.report(path, undeclared)
	}
	for _, entry := range c.entries[v.UnsafeAddr()] {
		key, value := reflect.ValueOf(entry.Key).Elem(), reflect.ValueOf(entry.Value).Elem()
		below := fmt.Sprintf("%s[%v]", path, key)
		if key.Kind() == reflect.Struct {
			c.value(below+".key", key)
		}
		c.value(below, value)
	}
}

// pointer checks what is behind a pointer; a pointer itself is not state.
func (c *coverage) pointer(path string, v reflect.Value, covered bool) {
	switch {
	case covered && (v.Kind() != reflect.Pointer || v.IsNil()):
	case v.Kind() != reflect.Pointer || v.IsNil() || v.Type().Elem().Size() == 0:
		c.report(path, undeclared)
	case c.seen[v.Pointer()]:
	case !c.declared.touch(v.Pointer(), v.Pointer()+v.Type().Elem().Size()):
		c.report(path, undeclared)
	default:
		c.seen[v.Pointer()] = true
		c.value(path, v.Elem())
	}
}

// A mark is what the tag of a field says.
type mark int

const (
	unmarked mark = iota
	transient
	derived
	misspelt
)

func markOf(field reflect.StructField) mark {
	tag, marked := field.Tag.Lookup("vmstate")
	switch {
	case !marked:
		return unmarked
	case tag == "transient":
		return transient
	case tag == "derived":
		return derived
	default:
		return misspelt
	}
}
