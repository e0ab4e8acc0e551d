package vmstatetest

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
)

// compare shows every field in which two objects differ, but for transient
// ones.
func compare[T any](a, b *T, differ func(path string, a, b any)) {
	c := comparison{differ, map[[2]uintptr]bool{}}
	c.values("", reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem())
}

type comparison struct {
	differ func(path string, a, b any)
	seen   map[[2]uintptr]bool // pairs of pointers that were followed
}

func (c *comparison) values(path string, a, b reflect.Value) {
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			if field := a.Type().Field(i); field.Name != "_" && markOf(field) != transient {
				c.values(strings.TrimPrefix(path+"."+field.Name, "."), a.Field(i), b.Field(i))
			}
		}
	case reflect.Array, reflect.Slice:
		if a.Len() != b.Len() {
			c.differ(path, fmt.Sprintf("%d elements", a.Len()), fmt.Sprintf("%d elements", b.Len()))
			return
		}
		for i := range a.Len() {
			c.values(path+index(i), a.Index(i), b.Index(i))
		}
	case reflect.Map:
		c.maps(path, a, b)
	case reflect.Pointer, reflect.Interface:
		c.pointers(path, a, b)
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		// Wiring has no value to compare.
	default:
		if x, y := scalar(a), scalar(b); x != y {
			c.differ(path, x, y)
		}
	}
}

func (c *comparison) maps(path string, a, b reflect.Value) {
	if a.Len() != b.Len() {
		c.differ(path, fmt.Sprintf("%d entries", a.Len()), fmt.Sprintf("%d entries", b.Len()))
		return
	}
	for _, key := range a.MapKeys() {
		below := fmt.Sprintf("%s[%v]", path, key)
		if other := b.MapIndex(key); other.IsValid() {
			c.values(below, a.MapIndex(key), other)
		} else {
			c.differ(below, "there", "missing")
		}
	}
}

func (c *comparison) pointers(path string, a, b reflect.Value) {
	if a.IsNil() || b.IsNil() {
		if a.IsNil() != b.IsNil() {
			c.differ(path, pointerText(a), pointerText(b))
		}
		return
	}
	if a.Kind() == reflect.Pointer {
		pair := [2]uintptr{a.Pointer(), b.Pointer()}
		if c.seen[pair] {
			return
		}
		c.seen[pair] = true
	}
	if a.Elem().Type() == b.Elem().Type() {
		c.values(path, a.Elem(), b.Elem())
	}
}

func pointerText(v reflect.Value) string {
	if v.IsNil() {
		return "nil"
	}
	return "not nil"
}

// scalar is the value of v in a form that compares, floating-point numbers by
// their bits.
func scalar(v reflect.Value) any {
	switch {
	case v.CanInt():
		return v.Int()
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		return math.Float64bits(v.Float())
	case v.CanComplex():
		return v.Complex()
	case v.Kind() == reflect.Bool:
		return v.Bool()
	default:
		return v.String()
	}
}

func index(i int) string { return "[" + strconv.Itoa(i) + "]" }
