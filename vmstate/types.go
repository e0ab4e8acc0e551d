package vmstate

// The names that encodings have in the JSON description.
const (
	typeBool        = "bool"
	typeInt8        = "int8"
	typeInt16       = "int16"
	typeInt32       = "int32"
	typeInt64       = "int64"
	typeUint8       = "uint8"
	typeUint16      = "uint16"
	typeUint32      = "uint32"
	typeUint64      = "uint64"
	typeUint8Equal  = "uint8 equal"
	typeUint16Equal = "uint16 equal"
	typeInt32Equal  = "int32 equal"
	typeUint32Equal = "uint32 equal"
	typeUint64Equal = "int64 equal" // unsigned for all its name
	typeInt32Max    = "int32 le"
	typeFloat64     = "CPU_Double_U"
	typeTimer       = "timer"
	typeBuffer      = "buffer"
	typeUnused      = "unused_buffer"
	typeBitmap      = "bitmap"
	typeUnknown     = "unknown"
	typeStruct      = "struct"
	typeVStruct     = "vstruct"
	typeTemporary   = "tmp"
	typeQueue       = "qtailq"
	typeList        = "qlist"
	typeTree        = "gtree"
)

// composites are the encodings that are made of fields, with the Nodes that
// they become.
var composites = map[string]Kind{
	typeStruct:    KindStruct,
	typeVStruct:   KindStruct,
	typeTemporary: KindStruct,
	typeQueue:     KindQueue,
	typeList:      KindQueue,
	typeTree:      KindTree,
}
