package main

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"toyvm/snapshot/store"
)

// history makes entries of lines such as "tag<parent", the oldest first. The IDs
// are the tags; that of an earlier snapshot with the same tag is "tag'".
func history(lines ...string) (list []store.Entry) {
	for i, line := range lines {
		tag, parent, _ := strings.Cut(line, "<")
		e := store.Entry{}
		e.Tag, e.ID, e.Created = tag, tag, time.Date(2000, 1, 1, 0, i, 0, 0, time.Local)
		e.ParentID, e.Parent = parent, strings.TrimSuffix(parent, "'")
		list = append(list, e)
	}
	return list
}

func TestGraphOfSnapshots(t *testing.T) {
	tests := []struct {
		name    string
		history []store.Entry
		want    string
	}{
		{"nothing", nil, ""},
		{"in a row", history("a", "b<a", "c<b"), "* c\n* b\n* a\n"},
		{"a branch", history("a", "b<a", "c<a"), "* c\n| * b\n|/\n* a\n"},
		{"branches of branches", history("a", "b<a", "c<a", "d<b", "e<a", "f<b"),
			"* f\n| * e\n| | * d\n| | | * c\n|_|/  |\n* |   | b\n|/    |\n|____/\n* a\n"},
		{"two machines", history("a", "x", "b<a", "y<x"), "* y\n| * b\n* | x\n  * a\n"},
		{"three from one", history("a", "b<a", "x", "c<a", "y<x", "d<a"),
			"* d\n| * y\n| | * c\n| * | x\n|   |\n| * | b\n|/  |\n|__/\n* a\n"},
		{"unrelated", history("a", "b", "c<b"), "* c\n* b\n\n* a\n"},
		{"deleted parent", history("b<a", "c<b"), "* c\n* b  (from a, which is gone)\n"},
		{"replaced parent", history("b<a'", "a<a'", "c<a"), "* c\n* a  (from an earlier a)\n\n* b  (from an earlier a)\n"},
		{"a clock that went back", history("b<a", "a"), "* b\n* a\n"},
		{"a circle", history("a<b", "b<a", "c<c"), "* a\n* b\n| * c\n"},
	}
	when := regexp.MustCompile(`  2000-01-01 \S+  00:00:00\.000`)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			assert.NoError(t, printGraph(&b, test.history))
			assert.Equal(t, test.want, when.ReplaceAllString(b.String(), ""))
		})
	}
}
