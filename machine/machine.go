// Package machine is the PC: the board that qemu-system-i386 -M isapc models,
// as the wiring of its chips. Machine is the table of contents; the other files
// are what joins the chips together: the memory map, the ports, the clock, the
// run loop, the input queue and the list of everything that has state.
//
// The machine is deterministic. Its time is the number of instructions executed
// (and of those that fit into the time skipped in HLT), and what comes from
// outside comes through one queue at a known instruction. It has no goroutines,
// and is not safe for use by several, except [Machine.RequestStop] and
// [Machine.Post].
package machine

import (
	"fmt"
	"slices"

	"toyvm/cpu"
	"toyvm/devices"
	"toyvm/devices/ata"
	"toyvm/devices/debugcon"
	"toyvm/devices/debugexit"
	"toyvm/devices/fdc"
	"toyvm/devices/fwcfg"
	"toyvm/devices/i8042"
	"toyvm/devices/i8254"
	"toyvm/devices/i8257"
	"toyvm/devices/i8259"
	"toyvm/devices/mc146818"
	"toyvm/devices/pcspk"
	"toyvm/devices/port92"
	"toyvm/devices/postcode"
	"toyvm/devices/uart16550"
	"toyvm/devices/vga"
)

// A Machine is one PC.
type Machine struct {
	CPU      *cpu.CPU
	PICs     *i8259.Pair
	PIT      *i8254.PIT
	Speaker  *pcspk.Speaker
	RTC      *mc146818.RTC
	Keyboard *i8042.Controller // with the mouse
	Port92   *port92.Port92
	DMA      [2]*i8257.Controller
	FDC      *fdc.FDC
	ATA      [2]*ata.Channel
	UARTs    []*uart16550.UART
	VGA      *vga.VGA
	FWCfg    *fwcfg.Device
	POST     *postcode.Display

	bus    *Bus
	memory *Memory
	clock  *Clock
	config Config
	irqs   [16]IRQ
	serial []func(byte) // where the serial ports send to

	input input
	run   runState
	trace Trace
}

// New builds a machine and switches it on. It stands before its first
// instruction.
func New(config Config) (*Machine, error) {
	c, err := config.complete()
	if err != nil {
		return nil, err
	}
	m := &Machine{config: c, bus: newBus(), memory: newMemory(&c)}
	m.CPU = cpu.New(c.CPU, m.memory.space, m.bus)
	if m.CPU == nil {
		return nil, fmt.Errorf("there is no CPU model %q", c.CPU)
	}
	m.clock = &Clock{cpu: m.CPU, soonest: m.CPU.Stop}
	m.clock.setRate(c.Rate)
	m.CPU.SetClock(m.clock.timeStamp)
	m.addChips(&c)
	if err := m.addDrives(&c); err != nil {
		return nil, err
	}
	m.connectPorts(&c)
	if err := m.connectConsoles(&c); err != nil {
		return nil, err
	}
	if err := m.offerFiles(&c); err != nil {
		return nil, err
	}
	m.fillCMOS(&c)
	m.input.init(m)
	m.loadROMs()
	m.Reset()
	return m, nil
}

// addChips makes the chips and the lines between them.
func (m *Machine) addChips(c *Config) {
	a20 := devices.LineFunc(m.CPU.SetA20)

	m.PICs = i8259.NewPair(devices.LineFunc(m.CPU.SetINTR))
	m.bus.acknowledge = m.PICs.Acknowledge
	m.PIT = i8254.New(m.clock, m.irq(0, "i8254"))
	m.Speaker = pcspk.New(m.clock, m.PIT.Channel(2))
	m.RTC = mc146818.New(m.clock, m.irq(8, "mc146818rtc"), devices.LineFunc(func(bool) {}), c.Time)
	m.Keyboard = i8042.New(m.clock, i8042.Lines{
		KeyboardIRQ: m.irq(i8042.KeyboardIRQ, "ps2kbd"),
		MouseIRQ:    m.irq(i8042.MouseIRQ, "ps2mouse"),
		A20:         a20,
		Reset:       m.resetLine("i8042"),
	})
	m.Port92 = port92.New(a20, m.resetLine("port92"))
	m.DMA = [2]*i8257.Controller{i8257.New(0, m.memory), i8257.New(1, m.memory)}
	m.FDC = fdc.New(m.clock, m.irq(fdc.IRQ, "fdc"), m.DMA[0].Request(fdc.DRQ), c.floppyDrives())
	m.DMA[0].Connect(fdc.DRQ, m.FDC)
	for i, ports := range []ata.Ports{ata.Primary, ata.Secondary} {
		m.ATA[i] = ata.New(ports, m.irq(ports.IRQ, "isa-ide"))
	}
	m.serial = slices.Clone(c.Serial)
	for i := range m.serial {
		m.UARTs = append(m.UARTs, uart16550.New(m.clock, m.irq(comPorts[i].irq, "serial"), func(b byte) {
			if transmit := m.serial[i]; transmit != nil {
				transmit(b)
			}
		}))
	}
	m.VGA = vga.New(m.clock, m.memory.video.Bytes())
	m.memory.openWindow(m.VGA)
	m.FWCfg = fwcfg.New(m.memory, uint64(c.Memory))
	m.POST = postcode.New(func(code uint8) {
		if m.trace.POST != nil {
			m.trace.POST(code)
		}
	})
}

// comPorts is where the serial ports are.
var comPorts = [maxSerial]struct {
	port uint16
	irq  int
}{
	{uart16550.COM1, uart16550.COM1IRQ},
	{uart16550.COM2, uart16550.COM2IRQ},
	{uart16550.COM3, uart16550.COM3IRQ},
	{uart16550.COM4, uart16550.COM4IRQ},
}

// connectPorts gives every chip its I/O ports.
func (m *Machine) connectPorts(c *Config) {
	b := m.bus
	b.connect("dma", m.DMA[0], 1, i8257.Ports, i8257.Ports+15)
	b.connect("i8259", m.PICs, 1, i8259.MasterPort, i8259.MasterPort+1)
	b.connect("i8254", m.PIT, 1, i8254.Port, i8254.ControlPort)
	b.connect("i8042", m.Keyboard, 1, i8042.PortData, i8042.PortData)
	b.connect("pcspk", m.Speaker, 1, pcspk.Port, pcspk.Port)
	b.connect("i8042", m.Keyboard, 1, i8042.PortCommand, i8042.PortCommand)
	b.connect("mc146818rtc", m.RTC, 1, mc146818.IndexPort, mc146818.DataPort)
	b.connect("post", m.POST, 1, postcode.Port, postcode.Port)
	b.connect("dma pages", m.DMA[0], 1, i8257.PortPages+1, i8257.PortPages+7)
	b.connect("dma pages", m.DMA[1], 1, i8257.PortPages2, i8257.PortPages2+7)
	b.connect("port92", m.Port92, 1, port92.Port, port92.Port)
	b.connect("i8259", m.PICs, 1, i8259.SlavePort, i8259.SlavePort+1)
	b.connect("dma", m.DMA[1], 1, i8257.Ports2, i8257.Ports2+31)

	fpu := &coprocessor{m.irq(coprocessorIRQ, "ferr")}
	b.ferr = fpu.ferr
	b.connect("ferr", fpu, 1, coprocessorPort, coprocessorPort)

	for _, channel := range m.ATA {
		p := channel.Ports()
		b.connect("ide", channel, 4, p.Command, p.Command+7)
		b.connect("ide", channel, 1, p.Control, p.Control)
	}
	b.connect("fdc", m.FDC, 1, fdc.Ports, fdc.Ports+5)
	b.connect("fdc", m.FDC, 1, fdc.Ports+7, fdc.Ports+7)
	for i, u := range m.UARTs {
		b.connect("serial", u, 1, comPorts[i].port, comPorts[i].port+uart16550.Ports-1)
	}
	b.connect("vbe", m.VGA, 2, vga.VBEPorts[0], vga.VBEPorts[1])
	for _, p := range vga.Ports {
		b.connect("vga", m.VGA, 1, p[0], p[1])
	}
	b.connect("i8259 elcr", m.PICs, 1, i8259.ELCRPort, i8259.ELCRPort+1)
	b.connect("fw_cfg", m.FWCfg, 2, fwcfg.PortSelector, fwcfg.PortData)
	b.connect("fw_cfg dma", m.FWCfg, 4, fwcfg.PortDMA, fwcfg.PortDMALow+3)
	exit := debugexit.New(m.exit)
	b.connect("debugexit", exit, 4, debugexit.Port, debugexit.Port+1)
	b.connect("debugexit", exit, 4, debugexit.PortAlt, debugexit.PortAlt)
}

// connectConsoles adds debug consoles where they are wanted.
func (m *Machine) connectConsoles(c *Config) error {
	for _, d := range c.DebugConsoles {
		if !m.bus.free(d.Port) {
			return fmt.Errorf("debug console at port %xh: %s is there", d.Port, m.bus.owner(d.Port))
		}
		m.bus.connect("debugcon", debugcon.New(d.Write), 1, d.Port, d.Port)
	}
	return nil
}

// addDrives puts the media into the drives.
func (m *Machine) addDrives(c *Config) error {
	for i, f := range c.Floppies {
		if f.Medium != nil {
			m.insertFloppy(i, f.Medium)
		}
	}
	for i, d := range c.Drives {
		channel, unit := m.ATA[i/2], i%2
		switch d.Kind {
		case CDROM:
			channel.AttachCDROM(unit, m.cdMedia(i, d.Media))
		case HardDisk:
			g, _ := diskGeometry(d.Media)
			if err := channel.AttachDisk(unit, &tracedMedium{d.Media, m, driveName(i), 512}, g); err != nil {
				return fmt.Errorf("drive %d: %w", i, err)
			}
		}
	}
	return nil
}

func (m *Machine) insertFloppy(drive int, medium fdc.Medium) {
	m.FDC.Insert(drive, &tracedMedium{medium, m, fmt.Sprintf("fd%d", drive), 512})
}

// cdMedia is what goes into a CD-ROM drive; nil is nothing.
func (m *Machine) cdMedia(drive int, media ata.Media) ata.Media {
	if media == nil {
		return nil
	}
	return &tracedMedium{media, m, driveName(drive), 2048}
}

func driveName(drive int) string { return fmt.Sprintf("ide%d", drive) }

// irq is an interrupt line, noted with the name of the device that drives it.
func (m *Machine) irq(n int, name string) devices.Line {
	m.irqs[n].Devices = append(m.irqs[n].Devices, name)
	return &tracedIRQ{m.PICs.IRQ(n), m, n, name}
}

// SetSerial says where a serial port sends to from now on, 0 being COM1. It
// must not be called while Run is running.
func (m *Machine) SetSerial(port int, transmit func(byte)) { m.serial[port] = transmit }

// An IRQ is an interrupt line.
type IRQ struct {
	Devices []string // names of those that drive it
	Raised  uint64   // how often it went high since the machine was built
}

// IRQs lists the interrupt lines.
func (m *Machine) IRQs() [16]IRQ { return m.irqs }

// Bus is the machine's I/O ports.
func (m *Machine) Bus() *Bus { return m.bus }

// Memory is the machine's memory map.
func (m *Machine) Memory() *Memory { return m.memory }

// Clock is the machine's virtual time.
func (m *Machine) Clock() *Clock { return m.clock }

// Config is what the machine was built from, with all defaults filled in, and
// the floppies and CDs that are in the drives now.
func (m *Machine) Config() Config { return m.config }

// Reset is the board's reset line: of the processor and of all chips. Memory
// stays, but for the BIOS, and so do the disks in the drives.
func (m *Machine) Reset() {
	m.run.reset = false
	m.loadROMs()
	m.PICs.Reset()
	m.PIT.Reset()
	m.Speaker.Reset()
	m.RTC.Reset()
	m.Keyboard.Reset()
	m.Port92.Reset()
	m.CPU.SetA20(true)
	m.CPU.Reset()
	for _, d := range m.DMA {
		d.Reset()
	}
	m.FDC.Reset()
	for _, channel := range m.ATA {
		channel.Reset()
	}
	for _, u := range m.UARTs {
		u.Reset()
	}
	m.VGA.Reset()
	m.FWCfg.Reset()
	m.POST.Reset()
	m.CPU.SetINTR(m.PICs.INT())
}
