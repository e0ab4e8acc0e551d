package cpu

import (
	"fmt"
	"math/rand"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
	"toyvm/vmstate/vmstatetest"
)

func TestConforms(t *testing.T) {
	for i, name := range []string{"cpu_common", "cpu"} {
		t.Run(name, func(t *testing.T) {
			vmstatetest.Conforms(t, "../testdata/qemu", func() *vmstate.Section {
				return New("486", NewMemory(), nil).Sections()[i]
			})
		})
	}
}

// transfer saves all sections of a processor and loads them into another.
func transfer(t *testing.T, from, to *CPU) {
	t.Helper()
	loaded := to.Sections()
	for i, s := range from.Sections() {
		e := vmstate.NewEncoder(nil)
		require.NoError(t, s.Save(e))
		require.NoError(t, loaded[i].Unmarshal(e.Bytes(), s.Version()))
		again := vmstate.NewEncoder(nil)
		require.NoError(t, loaded[i].Save(again))
		assert.Equal(t, e.Bytes(), again.Bytes(), s.Name)
	}
}

// TestStateTravels fills every field above the line "execution" with noise
// that the processor can hold, so that one the sections forget is noticed.
func TestStateTravels(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for range 50 {
		c := New("pentium", NewMemory(), nil)
		for i := range 8 {
			c.r[i] = r.Uint32()
			c.dr[i] = r.Uint32() &^ 0xFF
			c.fpu.r[i] = f80{r.Uint64(), uint16(r.Uint32())}
		}
		for i := range c.seg[:6] {
			c.seg[i] = noise(r)
		}
		c.ldt, c.tr = noise(r), noise(r)
		c.gdt, c.idt = table{r.Uint32(), r.Uint32()}, table{r.Uint32(), r.Uint32()}
		c.eip = r.Uint32()
		c.setFlags(r.Uint32() &^ FlagVM)
		c.cr0, c.cr2, c.cr3, c.cr4 = r.Uint32()&cr0All|CR0PE, r.Uint32(), r.Uint32(), r.Uint32()&0x9F
		c.cpl = c.seg[SS].dpl()
		c.SetA20(r.Intn(2) == 0)
		c.fpu.top, c.fpu.used, c.fpu.cw, c.fpu.sw = uint8(r.Intn(8)), uint8(r.Uint32()), uint16(r.Uint32()), uint16(r.Uint32())&^swTop
		c.fpu.fop, c.fpu.fip, c.fpu.fdp = uint16(r.Intn(2048)), r.Uint32(), r.Uint32()
		c.fpu.fcs, c.fpu.fds = uint16(r.Uint32()), uint16(r.Uint32())
		c.msr = msrs{r.Uint32(), r.Uint32(), r.Uint32(), r.Uint64()}
		for _, b := range []*bool{&c.halted, &c.shutdown, &c.shadow, &c.inNMI, &c.nmi, &c.intr, &c.resetPending} {
			*b = r.Intn(2) == 0
		}
		c.shadowSS = c.shadow && r.Intn(2) == 0
		c.trapPending = r.Uint32() & 0xE00F
		c.target = r.Uint64() >> 1
		c.modeChanged()

		d := New("pentium", NewMemory(), nil)
		transfer(t, c, d)
		assert.Equal(t, c.EFlags(), d.EFlags())
		assert.Equal(t, c.Instructions(), d.Instructions())
		// The flags have more than one form.
		c.fres, c.fv, c.cf, d.fres, d.fv, d.cf = 0, 0, 0, 0, 0, 0
		a, b := reflect.ValueOf(c).Elem(), reflect.ValueOf(d).Elem()
		for i := range a.NumField() {
			name := a.Type().Field(i).Name
			if name == "model" {
				break
			}
			assert.Equal(t, fmt.Sprintf("%+v", a.Field(i)), fmt.Sprintf("%+v", b.Field(i)), name)
		}
		assert.Equal(t, c.trapPending, d.trapPending)
		assert.Equal(t, c.resetPending, d.resetPending)
		assert.Equal(t, c.mode, d.mode)
		assert.Equal(t, c.user, d.user)
		assert.Equal(t, c.spMask, d.spMask)
	}
}

func noise(r *rand.Rand) segment {
	return segment{selector: uint16(r.Uint32()), base: r.Uint32(), limit: r.Uint32(), flags: r.Uint32() & segFlagMask}
}
