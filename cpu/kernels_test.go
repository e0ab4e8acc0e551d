package cpu

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestKernels boots the benchmark images of the folder named by TOYVM_KERNELS
// and compares their checksums with insns.tsv, looked for there and one level up.
// The folder's name is the divisor its images were built with. TOYVM_KERNEL
// selects images by a pattern.
func TestKernels(t *testing.T) {
	dir := os.Getenv("TOYVM_KERNELS")
	if dir == "" {
		t.Skip("TOYVM_KERNELS does not name a folder of kernel images (build.sh OUT DIVISOR)")
	}
	var table []byte
	for _, p := range []string{dir, filepath.Dir(filepath.Clean(dir))} {
		if b, err := os.ReadFile(filepath.Join(p, "insns.tsv")); err == nil {
			table = b
			break
		}
	}
	want := map[string][2]string{}
	for _, line := range strings.Split(string(table), "\n") {
		f := strings.Split(line, "\t")
		if len(f) == 4 && f[1] == filepath.Base(filepath.Clean(dir)) {
			want[f[0]] = [2]string{f[2], f[3]}
		}
	}
	pattern := os.Getenv("TOYVM_KERNEL")
	if pattern == "" {
		pattern = "*"
	}
	images, _ := filepath.Glob(filepath.Join(dir, pattern+".img"))
	if len(images) == 0 {
		t.Fatalf("no images in %s", dir)
	}
	for _, path := range images {
		name := strings.TrimSuffix(filepath.Base(path), ".img")
		t.Run(name, func(t *testing.T) {
			disk, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b := newBoard("486", disk, 16)
			begin := time.Now()
			b.run(20e9)
			secs := time.Since(begin).Seconds()
			out := b.serial.String()
			n := b.cpu.Instructions()
			fmt.Printf("%-10s %12d instructions %7.3f s %7.1f MIPS  expected %s\n", name, n, secs, float64(n)/secs/1e6, want[name][0])
			if w := want[name][1]; w != "" && !strings.Contains(out, "DONE "+name+" "+w) || !strings.Contains(out, "DONE") {
				t.Errorf("output %q, want checksum %s; %s", out, w, dumpState(b.cpu))
			}
		})
	}
}

// dumpState describes the processor for a failed test.
func dumpState(c *CPU) string {
	var s strings.Builder
	fmt.Fprintf(&s, "cs:eip %04X:%08X flags %08X cr0 %08X cr2 %08X cr3 %08X cpl %d halted %v shutdown %v\n",
		c.seg[CS].selector, c.eip, c.flags(), c.cr0, c.cr2, c.cr3, c.cpl, c.halted, c.shutdown)
	for i, n := range vecNames {
		fmt.Fprintf(&s, "%s %08X ", n, c.r[i])
	}
	for i, n := range vecSegs {
		fmt.Fprintf(&s, "%s %04X:%08X ", n, c.seg[i].selector, c.seg[i].base)
	}
	return s.String()
}
