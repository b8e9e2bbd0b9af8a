#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Finds the ends of lines; each byte is looked at a fixed number of times, whatever the mix of CR and LF.
struct LineScanner {
    private let bytes: UnsafeRawBufferPointer
    private var start: Int
    /// The next LF and CR at or after `start`, or the end.
    private var nextLineFeed = -1
    private var nextCarriageReturn = -1

    init(_ bytes: UnsafeRawBufferPointer, from start: Int) {
        self.bytes = bytes
        self.start = start
    }

    var isAtEnd: Bool { start == bytes.count }
    var first: UInt8? { isAtEnd ? nil : bytes[start] }
    var rest: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[start...]) }

    mutating func skipOne() { start += 1 }

    /// The next line without its end, or nil when no end is left.
    mutating func next() -> (text: UnsafeRawBufferPointer, endsInCarriageReturn: Bool)? {
        if nextLineFeed < start { nextLineFeed = find(UInt8(ascii: "\n")) }
        if nextCarriageReturn < start { nextCarriageReturn = find(UInt8(ascii: "\r")) }
        let end = min(nextLineFeed, nextCarriageReturn)
        guard end < bytes.count else { return nil }
        defer { start = end + 1 }
        return (UnsafeRawBufferPointer(rebasing: bytes[start..<end]), end == nextCarriageReturn)
    }

    private func find(_ byte: UInt8) -> Int {
        position(of: byte, in: rest).map { start + $0 } ?? bytes.count
    }
}

/// Where a byte stands first.
func position(of byte: UInt8, in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return nil }
    return memchr(base, CInt(byte), bytes.count).map { UnsafeRawPointer($0) - base }
}
