package monitor

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/cmd/toyvm/internal/media"
	"toyvm/machine"
	"toyvm/snapshot/store"
)

func parseSaveVM(args []string) (Action, error) {
	tag, note := "", ""
	if len(args) > 0 {
		tag, note = args[0], strings.Join(args[1:], " ")
	}
	return func(c *Console) error {
		s, err := c.Snapshots.Save(context.Background(), tag, note)
		if err != nil {
			return err
		}
		if tag == "" {
			fmt.Fprintln(c.Out, s.Tag)
		}
		return c.await(s)
	}, nil
}

// await waits until a snapshot is stored. A machine that somebody uses runs on
// meanwhile; a script does the same on every host, and lets it stand.
func (c *Console) await(s *keeper.Saving) error {
	for c.Live {
		select {
		case <-s.Done():
			return s.Wait()
		default:
		}
		if err := c.Run(machine.Budget{Until: c.Machine.Clock().Now() + poll}); err != nil {
			break
		}
	}
	return s.Wait()
}

func parseLoadVM(args []string) (Action, error) {
	return func(c *Console) error { return c.hint(args[0], c.Snapshots.Load(context.Background(), args[0])) }, nil
}

func parseDelVM(args []string) (Action, error) {
	return func(c *Console) error { return c.hint(args[0], c.Snapshots.Delete(context.Background(), args[0])) }, nil
}

// hint adds to an error about a snapshot that there is not which one may be meant.
func (c *Console) hint(tag string, err error) error {
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	list, _ := c.Snapshots.List() // without it there is no hint
	var tags []string
	for _, e := range list {
		tags = append(tags, e.Tag)
	}
	return fmt.Errorf("%w%s", err, DidYouMean(tag, tags))
}

func parseInfoSnapshots([]string) (Action, error) {
	return func(c *Console) error {
		list, err := c.Snapshots.List()
		if err != nil {
			return err
		}
		if len(list) == 0 {
			_, err := fmt.Fprintln(c.Out, "There is no snapshot available.")
			return err
		}
		fmt.Fprintln(c.Out, "List of snapshots present on all disks:")
		return keeper.Print(c.Out, list)
	}, nil
}

// Inside gives the drives with what is in them.
func (d *Drives) Inside() iter.Seq2[string, *media.Image] {
	return func(yield func(string, *media.Image) bool) {
		for _, drive := range d.list {
			if !yield(drive.Name(), drive.image) {
				return
			}
		}
	}
}

// Open opens an image for a drive.
func (d *Drives) Open(drive, path string) (*media.Image, error) {
	to, err := d.find(drive)
	if err != nil {
		return nil, err
	}
	return media.Open(path, to.kind, d.options)
}

// Put puts an image into a drive, whether or not the guest has locked it.
func (d *Drives) Put(m *machine.Machine, drive string, i *media.Image) error {
	to, err := d.find(drive)
	if err != nil {
		return err
	}
	return to.put(m, i, true)
}
