package cpu

type fpu struct{}

func (f *fpu) reset() {}

func (d *decoder) fpuOp() { d.cold(coldFPU) }

func (c *CPU) escape(o *op) {}

func (c *CPU) wait(*op) {}
