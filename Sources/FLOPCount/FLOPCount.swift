// FLOPCount
