package machine

import (
	"toyvm/vmstate"
)

// machineName is what streams call the board.
const machineName = "isapc"

// Sections lists everything in the machine that has state, in the order of
// QEMU's streams, which is also the order to load it in: the clock before what
// depends on time. Sections called toyvm/… hold what QEMU's have no place for.
//
// After loading, Loaded must be called.
func (m *Machine) Sections() []*vmstate.Section {
	processor := m.CPU.Sections()
	list := []*vmstate.Section{vmstate.NewSection(&timerState, &clockState{clock: m.clock}, 0)}
	list = append(list, processor...)
	list = append(list,
		vmstate.NewSection(&clockExtraState, m.clock, 0),
		m.FWCfg.Section(),
		m.DMA[0].Section(),
		m.DMA[1].Section())
	list = append(list, m.PICs.Sections()...)
	list = append(list,
		m.RTC.Section(),
		m.PIT.Section(),
		m.Speaker.Section(),
		m.FDC.Section())
	list = append(list, m.Keyboard.Sections()...)
	list = append(list,
		m.Port92.Section(),
		m.ATA[0].Section(0),
		m.ATA[1].Section(0))
	for i, u := range m.UARTs {
		list = append(list, u.Section(i))
	}
	return append(list,
		m.VGA.Section(),
		vmstate.NewSection(&globalState, &stateName{run: &m.run}, 0))
}

// Schema describes the state of every type of device on the board.
func (m *Machine) Schema() *vmstate.Schema { return vmstate.NewSchema(machineName, m.Sections()...) }

// Loaded ends the loading of sections and blocks: what was waiting for the old
// state is forgotten, and the picture is drawn anew.
func (m *Machine) Loaded() {
	m.run.crash, m.run.reset, m.run.exited = nil, false, false
	m.input.forget()
	m.VGA.MarkDirty(0, m.config.VideoMemory)
}
