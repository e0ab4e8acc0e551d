package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"toyvm/cmd/toyvm/internal/keeper"
	"toyvm/cmd/toyvm/internal/media"
	"toyvm/machine"
	"toyvm/snapshot"
	"toyvm/snapshot/store"
)

// storeSuffix makes the name of a store of that of the image it lies beside.
const storeSuffix = ".snapshots"

// storeDir is the directory of the snapshots of the machine that is run: that of
// --store, or the one beside its image.
func (f *runFlags) storeDir(disk string) string {
	if f.store != "" {
		return f.store
	}
	if image := f.mainImage(disk); image != "" {
		return image + storeSuffix
	}
	return ""
}

// mainImage is the image that the machine is run from.
func (f *runFlags) mainImage(disk string) string {
	return cmp.Or(disk, f.hda, f.hdb, f.hdc, f.hdd, f.fda, f.fdb, f.cdrom)
}

// openStore finds the store of snapshots, and completes what was begun there
// when a process died.
func (r *runner) openStore(disk string) error {
	dir := r.flags.storeDir(disk)
	if dir == "" {
		return nil
	}
	r.store = store.Open(dir)
	if _, err := os.Stat(dir); err != nil {
		return nil // Save makes it
	}
	err := keeper.Finish(r.store, r.flags.mainImage(disk), func(what string) { fmt.Fprintf(r.stderr, "toyvm: %s\n", what) })
	if err != nil {
		return failure{err}
	}
	return nil
}

// loadSnapshot reads the snapshot of --load and makes the configuration that of
// its machine, as far as the command line leaves it open.
func (r *runner) loadSnapshot() (err error) {
	switch {
	case r.flags.load == "":
		return nil
	case r.flags.incoming != "":
		return usageError{errors.New("--load and --incoming both say where to begin")}
	case r.store == nil:
		return usageError{fmt.Errorf("--load %s: name the disk image that it is a snapshot of, or the directory with --store", r.flags.load)}
	}
	progress, end := progressOn(r.stderr)("loading " + r.flags.load)
	r.snapshot, err = r.store.Load(context.Background(), r.flags.load, progress)
	end()
	if err != nil {
		found := &snapshots{store: r.store}
		return failure{found.explain(r.flags.load, err)}
	}
	if err := r.fitSnapshot(r.snapshot.Image); err != nil {
		return failure{fmt.Errorf("snapshot %q: %w", r.snapshot.Tag, err)}
	}
	return nil
}

func (r *runner) fitSnapshot(i *snapshot.Image) error {
	kinds := [4]machine.DriveKind{}
	for n, d := range r.config.Drives {
		kinds[n] = d.Kind
	}
	for _, s := range i.Settings {
		if r.given(s.Name) {
			continue // the machine is what the command line says, and may not fit
		}
		if err := r.config.Set(s.Name, s.Value); err != nil {
			return err
		}
	}
	for n, kind := range kinds {
		if kind != machine.NoDrive {
			r.config.Drives[n].Kind = kind
		}
	}
	for _, f := range i.Firmware {
		if r.given(f.Name) {
			continue
		}
		switch f.Name {
		case "bios":
			r.config.BIOS = f.Data
		case "vgabios":
			r.config.VGABIOS = f.Data
		}
	}
	for n := range r.config.Drives {
		d := &r.config.Drives[n]
		if d.Kind != machine.HardDisk || d.Media != nil {
			continue
		}
		image, err := r.openSaved(i, fmt.Sprintf("ide%d-hd%d", n/2, n%2))
		if err != nil {
			return err
		}
		r.images = append(r.images, image)
		d.Media = image
	}
	return nil
}

// openSaved opens the image that was in a drive.
func (r *runner) openSaved(i *snapshot.Image, drive string) (*media.Image, error) {
	for _, d := range i.Disks {
		if d.Drive == drive && d.Path != "" {
			return media.Open(d.Path, media.HardDisk, media.Options{Ephemeral: r.flags.ephemeral})
		}
	}
	return nil, fmt.Errorf("%s: it has no image file", drive)
}

// resume makes the machine that of the snapshot.
func (r *runner) resume() error {
	if r.snapshot == nil {
		return nil
	}
	return r.keeper.Resume(r.snapshot)
}

// tags lists the snapshots there are, for completion: beside the running
// machine, so it does not ask the keeper.
func (r *runner) tags() (tags []string) {
	if r.store == nil {
		return nil
	}
	list, err := r.store.List()
	if err != nil {
		return nil
	}
	for _, e := range list {
		tags = append(tags, e.Tag)
	}
	return tags
}
