package snaptest

// SetUpdating is the flag -update.
func SetUpdating(is bool) { *update = is }
