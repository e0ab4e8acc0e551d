package manual

import (
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
)

func TestPages(t *testing.T) {
	below := &cobra.Command{
		Use:     "go [flags] PLACE",
		Short:   "Go to a place",
		Long:    "Go to a place.\n\n.is no request, and neither is\n'this:\n  go C:\\\n\n  go B:\n\nBack.",
		Example: "  car go home",
		Run:     func(*cobra.Command, []string) {},
	}
	below.Flags().IntP("speed", "s", 50, "go at `KMH`")
	below.Flags().Bool("lights", false, "turn on the lights")
	car := &cobra.Command{Use: "car", Short: "A car", Long: "It drives."}
	car.AddCommand(below)

	pages := Pages(car)
	assert.Len(t, pages, 2)
	assert.Equal(t, `.TH CAR 1 "" car "car manual"
.SH NAME
car \- A car
.SH DESCRIPTION
It drives.
.SH COMMANDS
.TP
\fBcar\-go\fR(1)
Go to a place
`, pages["car.1"])
	assert.Equal(t, `.TH CAR\-GO 1 "" car "car manual"
.SH NAME
car\-go \- Go to a place
.SH SYNOPSIS
\fBcar go\fR [flags] PLACE
.SH DESCRIPTION
Go to a place.
.PP
\&.is no request, and neither is
\&'this:
.RS 2
.nf
go C:\e

go B:

.fi
.RE
Back.
.SH OPTIONS
.TP
\fB\-h\fR, \fB\-\-help\fR
help for go
.TP
\fB\-\-lights\fR
turn on the lights
.TP
\fB\-s\fR, \fB\-\-speed\fR \fIKMH\fR
go at KMH; default: 50
.SH EXAMPLES
.RS 2
.nf
car go home
.fi
.RE
.SH SEE ALSO
\fBcar\fR(1)
`, pages["car-go.1"])
}
