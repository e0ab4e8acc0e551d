package machine

import (
	"toyvm/cpu"
	"toyvm/devices/vga"
)

// Frame is the picture as dots. It is valid until the next picture is pulled.
func (m *Machine) Frame() *vga.Frame {
	m.syncVideo()
	return m.VGA.Frame()
}

// Text is the screen as characters, or nil in graphics modes. It is valid
// until the next one is pulled.
func (m *Machine) Text() *vga.Text {
	m.syncVideo()
	return m.VGA.Text()
}

// syncVideo brings together what the adapter and the processor know of writes
// to video memory: the processor's go past the adapter where memory is plain,
// the adapter's past the block's dirty pages.
func (m *Machine) syncVideo() {
	block := m.memory.video
	block.TakeDirty(func(page int) { m.VGA.MarkDirty(page*cpu.PageSize, cpu.PageSize) })
	m.VGA.TakeWritten(block.Changed)
	block.TakeDirty(nil)
}
