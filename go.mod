module toyvm

go 1.26
