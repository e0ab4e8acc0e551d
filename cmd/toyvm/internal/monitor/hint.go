package monitor

import (
	"slices"
	"strings"
)

// DidYouMean is a hint at the names that are nearest to a word, or empty.
func DidYouMean(word string, names []string) string {
	best, nearest := max(1, (len(word)+1)/3), []string(nil)
	for _, name := range names {
		d := distance(strings.ToLower(word), name)
		if word != "" && strings.HasPrefix(name, word) {
			d = min(d, 1)
		}
		switch {
		case d > best || slices.Contains(nearest, name):
		case d < best:
			best, nearest = d, []string{name}
		default:
			nearest = append(nearest, name)
		}
	}
	if nearest == nil || len(nearest) > 4 {
		return ""
	}
	return "; did you mean " + strings.Join(nearest, " or ") + "?"
}

// distance is how many letters have to be inserted, dropped, replaced or
// exchanged with the next to make one word of another.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		last[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
