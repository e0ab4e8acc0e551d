package ata

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/devices/devicetest"
)

// memory is a medium in memory. Sectors of 512 bytes can be bad.
type memory struct {
	data     []byte
	readOnly bool
	bad      map[int64]bool
	syncs    int
	syncErr  error
}

var errBad = errors.New("bad sector")

func (m *memory) Size() int64    { return int64(len(m.data)) }
func (m *memory) ReadOnly() bool { return m.readOnly }

func (m *memory) Sync() error {
	m.syncs++
	return m.syncErr
}

func (m *memory) ReadAt(p []byte, at int64) (int, error) {
	n, err := m.good(len(p), at)
	n = copy(p[:n], m.data[min(at, m.Size()):])
	if err == nil && n < len(p) {
		err = io.EOF
	}
	return n, err
}

func (m *memory) WriteAt(p []byte, at int64) (int, error) {
	n, err := m.good(len(p), at)
	if grown := at + int64(n); grown > m.Size() {
		m.data = append(m.data, make([]byte, grown-m.Size())...)
	}
	return copy(m.data[at:], p[:n]), err
}

// good is how many of n bytes lie before the first bad sector.
func (m *memory) good(n int, at int64) (int, error) {
	for s := at / sectorSize; s*sectorSize < at+int64(n); s++ {
		if m.bad[s] {
			return int(s*sectorSize - at), errBad
		}
	}
	return n, nil
}

// patterned is a medium in which the even bytes of a sector hold its number
// and the odd ones the number of the word.
func patterned(sectors int) *memory {
	data := make([]byte, sectors*sectorSize)
	for at := 0; at < len(data); {
		at += copy(data[at:], pattern())
	}
	return &memory{data: data, bad: map[int64]bool{}}
}

// pattern is what repeats itself after 256 sectors.
var pattern = sync.OnceValue(func() []byte {
	p := make([]byte, 256*sectorSize)
	for i := 0; i < len(p); i += 2 {
		p[i], p[i+1] = byte(i/sectorSize), byte(i%sectorSize/2)
	}
	return p
})

// sectors is what patterned puts into sectors n and following.
func (m *memory) sectors(n, count int) []byte { return m.data[n*sectorSize : (n+count)*sectorSize] }

// A board is a primary channel, the line it raises, and a guest's memory.
type board struct {
	*Channel
	t      testing.TB
	irq    devicetest.Line
	buffer []byte // where insw puts and outsw takes words
}

// newBoard has a disk of 4032 sectors, 4 cylinders, as drive 0.
func newBoard(t testing.TB) (*board, *memory) {
	m := patterned(4032)
	b := emptyBoard(t)
	require.NoError(t, b.AttachDisk(0, m, Geometry{}))
	return b, m
}

// newCDBoard has a CD-ROM drive as drive 0, with a disc of 300 blocks.
func newCDBoard(t testing.TB) (*board, *memory) {
	m := patterned(300 * 4)
	b := emptyBoard(t)
	b.AttachCDROM(0, m)
	return b, m
}

func emptyBoard(t testing.TB) *board {
	b := &board{t: t}
	b.Channel = New(Primary, &b.irq)
	return b
}

// run executes lines of a guest, with hexadecimal numbers behind which an h
// may stand:
//
//	out PORT, VALUE     one byte
//	in PORT = VALUE     one byte, which must be VALUE
//	insw COUNT          words of the data port to the guest's buffer
//	outsw COUNT         words of the guest's buffer to the data port
//	words BYTES         given bytes to the data port, two at a time
//	irq = LEVEL         the level of the interrupt
//	packet BYTES        a packet, padded with zeros, with a byte count of 800h
//
// A semicolon starts a comment.
func (b *board) run(script string) {
	b.t.Helper()
	for i, line := range strings.Split(script, "\n") {
		line, _, _ = strings.Cut(line, ";")
		op, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if op == "" {
			continue
		}
		args := numbers(b.t, rest)
		where := fmt.Sprintf("line %d: %s", i+1, strings.TrimSpace(line))
		switch op {
		case "out":
			b.Out(uint16(args[0]), 1, uint32(args[1]))
		case "in":
			got := b.In(uint16(args[0]), 1)
			assert.Equal(b.t, fmt.Sprintf("%02x", args[1]), fmt.Sprintf("%02x", got), where)
		case "irq":
			assert.Equal(b.t, args[0] != 0, b.irq.Level, where)
		case "insw":
			b.insw(args[0])
		case "outsw":
			b.OutBlock(Primary.Command, 2, b.buffer[:2*args[0]])
			b.buffer = b.buffer[2*args[0]:]
		case "words":
			b.OutBlock(Primary.Command, 2, bytesOf(args))
		case "packet":
			b.packet(args)
		default:
			require.Fail(b.t, "not an operation", where)
		}
	}
}

// numbers are the hexadecimal numbers of a line, whatever separates them.
func numbers(t testing.TB, s string) []int {
	var ns []int
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,=\t", r) }) {
		n, err := strconv.ParseInt(strings.TrimSuffix(word, "h"), 16, 32)
		require.NoError(t, err)
		ns = append(ns, int(n))
	}
	return ns
}

func (b *board) insw(words int) {
	b.buffer = make([]byte, 2*words)
	b.InBlock(Primary.Command, 2, b.buffer)
}

func bytesOf(numbers []int) []byte {
	b := make([]byte, len(numbers))
	for i, v := range numbers {
		b[i] = byte(v)
	}
	return b
}

func (b *board) packet(bytes []int) {
	p := make([]byte, packetSize)
	copy(p, bytesOf(bytes))
	b.Out(0x1f1, 1, 0)
	b.Out(0x1f4, 1, 0x00)
	b.Out(0x1f5, 1, 0x08)
	b.Out(0x1f7, 1, cmdPacket)
	b.OutBlock(Primary.Command, 2, p)
}

// answer is the data of a packet command, taken as a driver does it: status,
// interrupt reason and byte count before each part.
func (b *board) answer() []byte {
	b.t.Helper()
	var data []byte
	for b.In(0x1f7, 1)&statusDRQ != 0 {
		require.EqualValues(b.t, reasonIO, b.In(0x1f2, 1)&reasonMask)
		n := int(b.In(0x1f4, 1) | b.In(0x1f5, 1)<<8)
		b.insw((n + 1) / 2)
		data = append(data, b.buffer[:n]...)
	}
	require.EqualValues(b.t, reasonIO|reasonCoD, b.In(0x1f2, 1)&reasonMask)
	return data
}

// ask is the answer to a packet that must succeed.
func (b *board) ask(packet string) []byte {
	b.t.Helper()
	b.run("packet " + packet)
	data := b.answer()
	require.EqualValues(b.t, statusReady, b.In(0x1f7, 1), packet)
	return data
}

// refused is the sense key and code of a packet that must fail.
func (b *board) refused(packet string) (key, asc byte) {
	b.t.Helper()
	b.run("packet " + packet)
	require.Empty(b.t, b.answer(), packet)
	require.EqualValues(b.t, statusDRDY|statusERR, b.In(0x1f7, 1), packet)
	errors := byte(b.In(0x1f1, 1))
	data := b.ask("03 00 00 00 12h")
	require.Len(b.t, data, 18)
	require.EqualValues(b.t, data[2]<<4, errors, "Error has the sense key")
	return data[2], data[12]
}
