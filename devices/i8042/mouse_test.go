package i8042

import "testing"

func TestMouse(t *testing.T) {
	for _, c := range []struct{ name, script string }{
		{"reset", `
			out 64h, d4h
			out 60h, ffh
			irq12 1
			in 64h = 31h
			get faaa00`},
		{"status after reset", `
			mouse ffh
			get aa00
			mouse e9h
			get 000264`},
		{"status shows modes and buttons", `
			mouse f4h, e7h, e8h, 3, f3h, 60
			hold 1
			mouse e9h
			get 34033c
			let 1
			hold 6
			mouse f0h, e9h
			get 73033c
			mouse eah, e6h, e9h
			get 23033c`},
		{"set default", `
			mouse f4h, e7h, f0h, e8h, 0, f3h, 10, f6h, e9h
			get 000264`},
		{"unknown commands", `
			out 64h, d4h
			out 60h, 0
			get fe
			out 64h, d4h
			out 60h, edh
			get fe`},
		{"nothing unless enabled", `
			mouse f6h
			move 5 5 0
			hold 1
			wait 100000000
			in 64h = 10h
			mouse f4h
			wait 100000000
			in 64h = 10h
			move 1 0 0
			wait 10000000
			get 090100`},
		{"disabled again", `
			mouse f4h, f5h
			move 5 5 0
			wait 100000000
			in 64h = 10h`},
		{"packets", `
			mouse f4h
			move 5 -3 0
			wait 10000000
			irq12 1
			get 080503
			move -5 3 0
			wait 10000000
			get 38fbfd
			hold 1
			wait 10000000
			get 090000
			hold 6
			wait 10000000
			get 0f0000
			let 7
			wait 10000000
			get 080000
			hold 0
			wait 10000000
			in 64h = 10h`},
		{"movement adds up until the sample", `
			mouse f4h
			move 5 0 0
			move 6 1 0
			wait 9999999
			in 64h = 10h
			wait 1
			get 280bff`},
		{"samples come at their rate", `
			mouse f3h, 10, f4h
			move 1 0 0
			wait 99999999
			in 64h = 10h
			wait 1
			get 080100`},
		{"long movements come in parts", `
			mouse f4h
			move 200 0 0
			wait 10000000
			get 087f00
			wait 10000000
			get 084900
			wait 10000000
			in 64h = 10h`},
		{"a guest that does not read loses nothing", `
			mouse f4h
			move 1 0 0
			wait 10000000
			move 2 0 0
			wait 10000000
			move 3 0 0
			wait 10000000
			move 4 0 0
			wait 10000000
			move 5 0 0
			wait 10000000
			move 6 0 0       ; no room for this one
			wait 10000000
			hold 1           ; nor this one
			wait 10000000
			get 080100080200080300080400080500090600`},
		{"remote mode", `
			mouse f0h
			move 3 4 0
			wait 100000000
			in 64h = 10h
			mouse ebh
			get 2803fc
			mouse ebh
			get 080000
			mouse eah, f4h
			move 1 0 0
			wait 10000000
			get 080100`},
		{"asking in stream mode", `
			mouse f4h
			move 3 0 0
			mouse ebh
			get 080300
			wait 100000000
			in 64h = 10h`},
		{"wrap mode", `
			mouse f4h, eeh
			move 3 0 0
			wait 100000000
			in 64h = 10h
			out 64h, d4h
			out 60h, 55h
			get 55
			out 64h, d4h
			out 60h, e9h
			get e9
			mouse ech
			wait 10000000
			get 080300
			mouse eeh, ffh
			get aa00
			mouse e9h
			get 000264`},
		{"2:1 scaling", `
			mouse f4h, e7h
			move 1 -2 0
			wait 10000000
			get 080101
			move 3 -4 0
			wait 10000000
			get 080306
			move -5 6 0
			wait 10000000
			get 38f7f4
			move 3 0 0
			mouse ebh        ; not for those that were asked for
			get 080300`},
		{"a plain mouse has no wheel", `
			mouse f4h
			move 0 0 1
			wait 10000000
			in 64h = 10h
			mouse f2h
			get 00`},
		{"IntelliMouse", `
			mouse f3h, 200, f3h, 100, f3h, 80, f2h
			get 03
			mouse f4h
			move 1 0 1
			wait 12500000
			get 08010001
			move 0 0 -2
			wait 12500000
			get 080000fe
			hold 24          ; it has three buttons
			wait 12500000
			get 08000000
			mouse ffh
			get aa00
			mouse f2h
			get 00`},
		{"IntelliMouse Explorer", `
			mouse f3h, 200, f3h, 200, f3h, 80, f2h
			get 04
			mouse f4h
			hold 8
			wait 12500000
			get 08000010
			hold 16
			move 0 0 -1
			wait 12500000
			get 0800003f
			move 0 0 9
			wait 12500000
			get 0800003708000032`},
		{"other rates do not select a wheel", `
			mouse f3h, 200, f3h, 100, f3h, 60, f3h, 80, f2h
			get 00
			mouse f3h, 100, f3h, 80, f2h
			get 00`},
		{"a command ends what was being sent", `
			mouse f4h
			move 1 0 0
			wait 10000000
			in 60h = 8
			mouse f5h
			in 64h = 10h`},
		{"wildest movements", `
			mouse f0h
			move 9000000000 -9000000000 9000000000
			mouse ebh
			get 087f7f`},
	} {
		t.Run(c.name, func(t *testing.T) { newBench().run(t, c.script) })
	}
}
