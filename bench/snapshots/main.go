// Command snapshots measures savevm and loadvm of toyvm and of
// qemu-system-i386 in one run, and prints a table of both and of their ratio:
//
//	go run ./bench/snapshots
//
// Both guests stand still while they are saved, as QEMU's has to. What a plain
// write and fsync of as many bytes takes is printed beside it. Where QEMU is not
// installed its columns are empty. The pause of a guest that runs on is measured
// by go test ./cmd/toyvm/internal/keeper -bench .
package main

import (
	"bufio"
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A program is one of those that are compared.
type program struct {
	name   string
	prompt string
	start  func(g *guest, load string) *exec.Cmd
}

// A guest is a machine with memory full of zeros or of random numbers.
type guest struct {
	dir   string
	mib   int
	fill  string // "zero" or "random"
	image string // the floppy that fills the memory
}

var rounds = flag.Int("rounds", 5, "how often each thing is done; the median counts")

func main() {
	log.SetFlags(0)
	flag.Parse()
	dir, err := os.MkdirTemp("", "snapshots")
	check(err)
	defer os.RemoveAll(dir)
	toyvm := filepath.Join(dir, "toyvm")
	check(exec.Command("go", "build", "-o", toyvm, "./cmd/toyvm").Run())
	programs := []*program{toyvmProgram(toyvm)}
	if qemu, err := exec.LookPath("qemu-system-i386"); err == nil {
		programs = append(programs, qemuProgram(qemu))
	}
	fmt.Printf("| guest | what | toyvm ms | QEMU ms | toyvm/QEMU | write+fsync ms |\n|---|---|---:|---:|---:|---:|\n")
	for _, mib := range []int{16, 256} {
		for _, fill := range []string{"zero", "random"} {
			g := newGuest(dir, mib, fill)
			results := make([]map[string]time.Duration, len(programs))
			for i, p := range programs {
				results[i] = p.measure(g)
			}
			plain := plainWrite(g)
			for _, what := range []string{first, again, load, fresh} {
				print(g, what, results, plain)
			}
		}
	}
}

// What is measured.
const (
	first = "first savevm"
	again = "savevm with a parent"
	load  = "loadvm in the running process"
	fresh = "start of a process with a snapshot"
)

func print(g *guest, what string, results []map[string]time.Duration, plain time.Duration) {
	ours := ms(results[0][what])
	theirs, ratio, write := "", "", ""
	if len(results) > 1 {
		theirs = fmt.Sprintf("%.1f", ms(results[1][what]))
		ratio = fmt.Sprintf("%.2f", ours/ms(results[1][what]))
	}
	if what == first {
		write = fmt.Sprintf("%.1f", ms(plain))
	}
	fmt.Printf("| %d MiB, %s | %s | %.1f | %s | %s | %s |\n", g.mib, g.fill, what, ours, theirs, ratio, write)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func newGuest(dir string, mib int, fill string) *guest {
	g := &guest{filepath.Join(dir, fmt.Sprintf("%d-%s", mib, fill)), mib, fill, ""}
	check(os.Mkdir(g.dir, 0o755))
	g.image = filepath.Join(g.dir, "fill.img")
	sector, err := os.ReadFile("testdata/guests/fill.img")
	check(err)
	if fill == "zero" {
		sector[509] = 'z'
	}
	check(os.WriteFile(g.image, append(sector, make([]byte, 1440<<10-len(sector))...), 0o644))
	return g
}

func toyvmProgram(path string) *program {
	return &program{"toyvm", "(toyvm) ", func(g *guest, load string) *exec.Cmd {
		args := []string{"run", "--display", "none", "--monitor", "stdio", "--speed", "max", "--serial", "file:" + g.serial(),
			"--store", filepath.Join(g.dir, "store"), "-m", fmt.Sprint(g.mib), "--ephemeral", g.image}
		if load != "" {
			args = append(args, "--load", load)
		}
		return exec.Command(path, args...)
	}}
}

func qemuProgram(path string) *program {
	return &program{"QEMU", "(qemu) ", func(g *guest, load string) *exec.Cmd {
		store := filepath.Join(g.dir, "store.qcow2")
		if _, err := os.Stat(store); err != nil {
			check(exec.Command("qemu-img", "create", "-q", "-f", "qcow2", store, "64M").Run())
		}
		args := []string{"-M", "isapc,vmport=off", "-cpu", "486", "-nodefaults", "-display", "none", "-vga", "std", "-monitor", "stdio",
			"-serial", "file:" + g.serial(), "-m", fmt.Sprint(g.mib), "-drive", "if=ide,format=qcow2,file=" + store,
			"-drive", "if=floppy,format=raw,readonly=on,file=" + g.image, "-boot", "a"}
		if load != "" {
			args = append(args, "-loadvm", load)
		}
		return exec.Command(path, args...)
	}}
}

func (g *guest) serial() string { return filepath.Join(g.dir, "serial.txt") }

// A monitor is a running program.
type monitor struct {
	cmd    *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Reader
	prompt string
}

func (p *program) run(g *guest, load string) *monitor {
	m := &monitor{cmd: p.start(g, load), prompt: p.prompt}
	var err error
	m.in, err = m.cmd.StdinPipe()
	check(err)
	out, err := m.cmd.StdoutPipe()
	check(err)
	m.out = bufio.NewReader(out)
	m.cmd.Stderr = os.Stderr
	check(m.cmd.Start())
	m.wait()
	return m
}

// wait reads up to the prompt.
func (m *monitor) wait() {
	var seen bytes.Buffer
	for !strings.HasSuffix(seen.String(), m.prompt) {
		b, err := m.out.ReadByte()
		if err != nil {
			log.Fatalf("%s ended: %v\n%s", m.cmd.Path, err, seen.String())
		}
		seen.WriteByte(b)
	}
	if i := strings.Index(seen.String(), "Error"); i >= 0 {
		log.Fatalf("%s: %s", m.cmd.Path, seen.String()[i:])
	}
}

// do carries out a command and tells how long it took.
func (m *monitor) do(command string) time.Duration {
	start := time.Now()
	_, err := io.WriteString(m.in, command+"\n")
	check(err)
	m.wait()
	return time.Since(start)
}

func (m *monitor) quit() {
	io.WriteString(m.in, "quit\n")
	check(m.cmd.Wait())
}

// measure does everything some times and takes the medians.
func (p *program) measure(g *guest) map[string]time.Duration {
	times := map[string][]time.Duration{}
	note := func(what string, d time.Duration) { times[what] = append(times[what], d) }
	m := p.run(g, "")
	for { // until the memory is full
		text, _ := os.ReadFile(g.serial())
		if bytes.Contains(text, []byte("R")) {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	m.do("stop")
	for i := range *rounds {
		note(first, m.do("savevm first"))
		m.do("cont")
		time.Sleep(20 * time.Millisecond)
		m.do("stop")
		note(again, m.do("savevm again"))
		note(load, m.do("loadvm first"))
		if i < *rounds-1 {
			m.do("delvm first")
			m.do("delvm again")
		}
	}
	m.quit()
	for range *rounds {
		start := time.Now()
		m := p.run(g, "again")
		m.do("info status") // QEMU's first prompt comes before it has loaded
		note(fresh, time.Since(start))
		m.quit()
	}
	medians := map[string]time.Duration{}
	for what, list := range times {
		slices.Sort(list)
		medians[what] = list[len(list)/2]
	}
	return medians
}

// plainWrite writes as much to a file as the guest's memory holds beside zeros.
func plainWrite(g *guest) time.Duration {
	data := make([]byte, 1<<20)
	if g.fill == "random" {
		data = make([]byte, g.mib<<20)
		rand.New(rand.NewSource(1)).Read(data)
	}
	var list []time.Duration
	for range *rounds {
		path := filepath.Join(g.dir, "plain")
		start := time.Now()
		f, err := os.Create(path)
		check(err)
		_, err = f.Write(data)
		check(err)
		check(f.Sync())
		check(f.Close())
		list = append(list, time.Since(start))
		check(os.Remove(path))
	}
	slices.Sort(list)
	return list[len(list)/2]
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
