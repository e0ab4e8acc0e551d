package vmstate_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"toyvm/vmstate"
)

// Subsections that QEMU sends in states that are hard to catch it in, so that
// most are in no captured stream. The bytes are written by hand.

// zeroBytes is n bytes whose values do not matter.
func zeroBytes(n int) []byte { return make([]byte, n) }

// header is the mark of a subsection, the length of its name, the name and the
// version.
func header(name string, version byte) []byte {
	return slices.Concat([]byte{5, byte(len(name))}, []byte(name), []byte{0, 0, 0, version})
}

var (
	serialBody = []byte{
		/* divider */ 0x00, 0x0c,
		/* rbr */ 0x00,
		/* ier: transmitter empty */ 0x02,
		/* iir: nothing pending */ 0x01,
		/* lcr */ 0x00,
		/* mcr */ 0x08,
		/* lsr */ 0x60,
		/* msr */ 0xb0,
		/* scr */ 0x00,
		/* fcr_vmstate */ 0x00,
	}
	kbdBody = []byte{
		/* write_cmd */ 0x00,
		/* status */ 0x1c,
		/* mode */ 0x03,
		/* pending_tmp */ 0x00,
	}
	kbdExtended = slices.Concat(header("pckbd/extended_state", 0), []byte{
		/* migration_flags: throttled */ 0x00, 0x00, 0x00, 0x01,
		/* obsrc: the controller */ 0x00, 0x00, 0x00, 0x04,
		/* obdata */ 0x55,
		/* cbdata */ 0xaa,
	})
	ps2kbdBody = slices.Concat(
		[]byte{
			/* write_cmd: none */ 0xff, 0xff, 0xff, 0xff,
			/* queue.rptr */ 0x00, 0x00, 0x00, 0x00,
			/* queue.wptr */ 0x00, 0x00, 0x00, 0x02,
			/* queue.count */ 0x00, 0x00, 0x00, 0x02,
		}, /* queue.data */ zeroBytes(256), []byte{
			/* scan_enabled */ 0x00, 0x00, 0x00, 0x01,
			/* translate */ 0x00, 0x00, 0x00, 0x01,
			/* scancode_set */ 0x00, 0x00, 0x00, 0x02,
		})
	rtcBody = slices.Concat(
		/* cmos_data */ zeroBytes(128),
		[]byte{ /* cmos_index */ 0x0c},
		/* unused */ zeroBytes(28),
		[]byte{
			/* periodic_timer: not armed */ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
			/* next_periodic_time */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		},
		/* unused */ zeroBytes(24),
		[]byte{
			/* irq_coalesced */ 0x00, 0x00, 0x00, 0x00,
			/* period */ 0x00, 0x00, 0x00, 0x20,
			/* base_rtc */ 0x00, 0x00, 0x00, 0x00, 0x6b, 0x03, 0xc1, 0xc7,
			/* last_update */ 0x18, 0xea, 0x92, 0x5c, 0x9b, 0xbf, 0x48, 0xd8,
			/* offset */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
			/* update_timer */ 0x18, 0xea, 0x92, 0x5c, 0xd7, 0x5a, 0x12, 0xd8,
			/* next_alarm_time */ 0x18, 0xea, 0xd2, 0x17, 0xc0, 0x05, 0x42, 0xd8,
		})
	fdcBody = slices.Concat(
		[]byte{
			/* sra */ 0xc0,
			/* srb */ 0xc0,
			/* dor_vmstate */ 0x0c,
			/* tdr */ 0x00,
			/* dsr */ 0x00,
			/* msr: a command may begin */ 0x80,
			/* status0 */ 0x00,
			/* status1 */ 0x00,
			/* status2 */ 0x00,
		}, /* fifo */ zeroBytes(512), []byte{
			/* data_pos */ 0x00, 0x00, 0x00, 0x00,
			/* data_len */ 0x00, 0x00, 0x00, 0x01,
			/* data_state */ 0x00,
			/* data_dir */ 0x00,
			/* eot */ 0x00,
			/* timer0 */ 0x00,
			/* timer1 */ 0x00,
			/* precomp_trk */ 0x00,
			/* config */ 0x60,
			/* lock */ 0x00,
			/* pwrd */ 0x00,
			/* num_floppies */ 0x02,
		})
	fdriveBody = []byte{
		/* head */ 0x01,
		/* track */ 0x27,
		/* sect */ 0x05,
	}
	mediaRate = slices.Concat(header("fdrive/media_rate", 1), []byte{ /* media_rate */ 0x02})
	drives    = slices.Concat(fdriveBody, mediaRate, fdriveBody, mediaRate)
	cpuBody   = zeroBytes(1313)
)

func TestQEMUSubsectionsWrittenByHand(t *testing.T) {
	serial := func() *vmstate.Section { return vmstate.NewSection(&isaSerialState, new(isaSerial), 0) }
	pckbd := func() *vmstate.Section { return vmstate.NewSection(&isaKbdState, new(isaKbd), 0) }
	ps2 := func() *vmstate.Section { return vmstate.NewSection(&ps2kbdState, new(ps2kbd), 0) }
	clock := func() *vmstate.Section { return vmstate.NewSection(&rtcState, new(rtc), 0) }
	floppy := func() *vmstate.Section { return vmstate.NewSection(&isaFDCState, &isaFDC{fdc{numFloppies: 2}}, 0) }
	processor := func() *vmstate.Section { return vmstate.NewSection(&cpuState, new(cpu), 0) }
	fifo := slices.Concat([]byte("toyvm"), zeroBytes(11), []byte{
		/* head */ 0x00, 0x00, 0x00, 0x01,
		/* num */ 0x00, 0x00, 0x00, 0x04,
	})
	for _, c := range []struct {
		section func() *vmstate.Section
		body    [][]byte
		path    string // empty: no subsection is there
		want    string
	}{
		{serial, [][]byte{serialBody}, "", ""},
		{serial, [][]byte{serialBody, header("serial/thr_ipending", 1), {
			/* thr_ipending */ 0x00, 0x00, 0x00, 0x01,
		}}, "state.serial/thr_ipending.thr_ipending", "1"},
		{serial, [][]byte{serialBody, header("serial/tsr", 1), {
			/* tsr_retry */ 0x00, 0x00, 0x00, 0x04,
			/* thr */ 0x41,
			/* tsr */ 0x42,
		}}, "state.serial/tsr.tsr", "0x42"},
		{serial, [][]byte{serialBody, header("serial/recv_fifo", 1), fifo}, "state.serial/recv_fifo.recv_fifo.num", "0x00000004"},
		{serial, [][]byte{serialBody, header("serial/xmit_fifo", 1), fifo}, "state.serial/xmit_fifo.xmit_fifo.head", "0x00000001"},
		{serial, [][]byte{serialBody, header("serial/fifo_timeout_timer", 1), {
			/* fifo_timeout_timer */ 0x00, 0x00, 0x00, 0x00, 0x1d, 0xe5, 0xeb, 0x15,
		}}, "state.serial/fifo_timeout_timer.fifo_timeout_timer", "501607189"},
		{serial, [][]byte{serialBody, header("serial/timeout_ipending", 1), {
			/* timeout_ipending */ 0x00, 0x00, 0x00, 0x01,
		}}, "state.serial/timeout_ipending.timeout_ipending", "1"},
		{serial, [][]byte{serialBody, header("serial/poll", 1), {
			/* poll_msl */ 0x00, 0x00, 0x00, 0x01,
			/* modem_status_poll: not armed */ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
		}}, "state.serial/poll.modem_status_poll", "-1"},

		{pckbd, [][]byte{kbdBody, kbdExtended}, "kbd.pckbd/extended_state.obsrc", "0x00000004"},
		{pckbd, [][]byte{kbdBody, header("pckbd_outport", 1), {
			/* outport: A20 closed */ 0xcd,
		}, kbdExtended}, "kbd.pckbd_outport.outport", "0xcd"},

		{ps2, [][]byte{ps2kbdBody}, "", ""},
		{ps2, [][]byte{ps2kbdBody, header("ps2kbd/ledstate", 3), {
			/* ledstate: num lock, caps lock */ 0x00, 0x00, 0x00, 0x06,
		}}, "ps2kbd/ledstate.ledstate", "6"},
		{ps2, [][]byte{ps2kbdBody, header("ps2kbd/need_high_bit", 1), {
			/* need_high_bit */ 0x01,
		}}, "ps2kbd/need_high_bit.need_high_bit", "true"},
		{ps2, [][]byte{ps2kbdBody, header("ps2kbd/command_reply_queue", 0), {
			/* parent_obj.queue.cwptr */ 0x00, 0x00, 0x00, 0x02,
		}}, "ps2kbd/command_reply_queue.parent_obj.queue.cwptr", "2"},

		{clock, [][]byte{rtcBody}, "", ""},
		{clock, [][]byte{rtcBody, header("mc146818rtc/irq_reinject_on_ack_count", 1), {
			/* irq_reinject_on_ack_count */ 0x01, 0x02,
		}}, "mc146818rtc/irq_reinject_on_ack_count.irq_reinject_on_ack_count", "0x0102"},

		{floppy, [][]byte{fdcBody, drives}, "state.drives[1].fdrive/media_rate.media_rate", "0x02"},
		{floppy, [][]byte{fdcBody, fdriveBody, header("fdrive/media_changed", 1), {
			/* media_changed */ 0x01,
		}, mediaRate, fdriveBody, mediaRate}, "state.drives[0].fdrive/media_changed.media_changed", "0x01"},
		{floppy, [][]byte{fdcBody, fdriveBody, mediaRate, fdriveBody, mediaRate, header("fdrive/perpendicular", 1), {
			/* perpendicular */ 0x01,
		}}, "state.drives[1].fdrive/perpendicular.perpendicular", "0x01"},
		{floppy, [][]byte{fdcBody, drives, header("fdc/reset_sensei", 1), {
			/* reset_sensei */ 0x00, 0x00, 0x00, 0x04,
		}}, "state.fdc/reset_sensei.reset_sensei", "4"},
		{floppy, [][]byte{fdcBody, drives, header("fdc/result_timer", 1), {
			/* result_timer */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x10, 0x00,
		}}, "state.fdc/result_timer.result_timer", "4096"},
		{floppy, [][]byte{fdcBody, drives, header("fdc/phase", 1), {
			/* phase: result */ 0x02,
		}}, "state.fdc/phase.phase", "0x02"},

		{processor, [][]byte{cpuBody}, "", ""},
		{processor, [][]byte{cpuBody, header("cpu/poll_control_msr", 1), {
			/* env.poll_control_msr */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
		}}, "cpu/poll_control_msr.env.poll_control_msr", "0x0000000000000000"},
		{processor, [][]byte{cpuBody, header("cpu/fpop_ip_dp", 1), {
			/* env.fpop */ 0x05, 0xd9,
			/* env.fpip */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x02,
			/* env.fpdp */ 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x04,
		}}, "cpu/fpop_ip_dp.env.fpdp", "0x0000000000030004"},
	} {
		section := c.section()
		t.Run(section.Name+" "+c.path, func(t *testing.T) {
			body := slices.Concat(c.body...)
			require.NoError(t, section.Unmarshal(body, section.Version()))
			var e vmstate.Encoder
			require.NoError(t, section.Save(&e))
			assert.Equal(t, body, e.Bytes())

			values, err := section.Values()
			require.NoError(t, err)
			if c.path != "" {
				require.NotNil(t, values.Lookup(c.path))
				assert.Equal(t, c.want, values.Lookup(c.path).String())
				return
			}
			values.Walk(func(path string, n *vmstate.Node) bool {
				assert.NotEqual(t, vmstate.KindSubsection, n.Kind, path)
				return true
			})
		})
	}
}
