package terminal_test

import (
	"fmt"

	"toyvm/cmd/toyvm/internal/terminal"
)

// What a script's sendkey does with the guest's keyboard.
func ExampleSendKey() {
	keys, err := terminal.SendKey("ctrl-alt-delete")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, k := range keys {
		fmt.Println(k.Key, k.Pressed)
	}
	// Output:
	// ctrl true
	// alt true
	// delete true
	// delete false
	// alt false
	// ctrl false
}
