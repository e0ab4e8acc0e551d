package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// victim tells the child process of the test below where its store is.
const victim = "TOYVM_TEST_VICTIM"

var victimShape = shape{ram: 512 << 10, disk: 128 << 10, random: 60, text: 30, seed: 12}

// TestVictim changes a store for ever, and says what is done.
func TestVictim(t *testing.T) {
	dir := os.Getenv(victim)
	if dir == "" {
		t.Skip("only what the next test kills")
	}
	s := Open(dir)
	image := imageOf(t, victimShape)
	for i := 0; ; i++ {
		next := changed(image, i, 60)
		tag := strconv.Itoa(i % 4)
		fmt.Println("save", tag, i)
		save(t, s, tag, next)
		fmt.Println("saved", tag, i)
		if i%5 == 4 {
			tag := strconv.Itoa((i + 2) % 4)
			fmt.Println("delete", tag, i)
			require.NoError(t, s.Delete(context.Background(), tag))
			fmt.Println("deleted", tag, i)
		}
	}
}

func TestAKilledProcessLosesNothing(t *testing.T) {
	dir := t.TempDir() + "/s"
	image := imageOf(t, victimShape)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	for range 8 {
		require.NoError(t, os.RemoveAll(dir))
		child := exec.Command(os.Args[0], "-test.run", "^TestVictim$")
		child.Env = append(os.Environ(), victim+"="+dir)
		out, err := child.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, child.Start())
		time.AfterFunc(time.Duration(100+random.IntN(400))*time.Millisecond, func() { child.Process.Kill() })

		// What each tag may be: numbers of images, -1 for nothing.
		may := map[string][]int{}
		for lines := bufio.NewScanner(out); lines.Scan(); {
			word := strings.Fields(lines.Text())
			if len(word) != 3 {
				continue
			}
			n, err := strconv.Atoi(word[2])
			require.NoError(t, err)
			switch tag := word[1]; word[0] {
			case "save":
				if may[tag] == nil {
					may[tag] = []int{-1}
				}
				may[tag] = append(may[tag], n)
			case "saved":
				may[tag] = []int{n}
			case "delete":
				may[tag] = append(may[tag], -1)
			case "deleted":
				may[tag] = []int{-1}
			}
		}
		require.Error(t, child.Wait())

		s := Open(dir)
		for tag, numbers := range may {
			sn, err := s.Load(t.Context(), tag, nil)
			gone := errors.Is(err, ErrNotFound)
			if !gone {
				require.NoError(t, err)
			}
			found := slices.ContainsFunc(numbers, func(n int) bool {
				return n < 0 && gone || n >= 0 && !gone && equalMemory(changed(image, n, 60), sn.Image)
			})
			assert.True(t, found, "%s is none of %v", tag, numbers)
		}
		damages, err := s.Verify(t.Context(), nil)
		require.NoError(t, err)
		assert.Empty(t, damages)
		save(t, s, "next", image)
	}
}
