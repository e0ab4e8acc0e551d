package main

import "strings"

// A lineChange is a line that only one of two texts has.
type lineChange struct {
	Sign rune // - if it is the first one, + if it is the second
	Text string
}

// screenLines are the lines of a screen.
func screenLines(text string) []string { return strings.Split(strings.TrimRight(text, "\n"), "\n") }

// compareLines finds the fewest lines that have to go from a text, and come to
// it, to make another one of it.
func compareLines(before, after []string) (changes []lineChange) {
	// common[i][k] is how many lines the texts have in common from lines i and k on.
	common := make([][]int, len(before)+1)
	for i := range common {
		common[i] = make([]int, len(after)+1)
	}
	for i := len(before) - 1; i >= 0; i-- {
		for k := len(after) - 1; k >= 0; k-- {
			if before[i] == after[k] {
				common[i][k] = common[i+1][k+1] + 1
			} else {
				common[i][k] = max(common[i+1][k], common[i][k+1])
			}
		}
	}
	for i, k := 0, 0; i < len(before) || k < len(after); {
		switch {
		case i < len(before) && k < len(after) && before[i] == after[k]:
			i, k = i+1, k+1
		case i < len(before) && (k == len(after) || common[i+1][k] >= common[i][k+1]):
			changes = append(changes, lineChange{'-', before[i]})
			i++
		default:
			changes = append(changes, lineChange{'+', after[k]})
			k++
		}
	}
	return changes
}
