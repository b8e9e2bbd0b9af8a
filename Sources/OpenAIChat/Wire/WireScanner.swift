internal import ChatModel

/// A place at which bytes of the wire stop being JSON.
struct WireSyntaxError: Error {
    let message: StaticString
    let offset: Int

    init(_ message: StaticString, _ offset: Int) {
        self.message = message
        self.offset = offset
    }
}

/// Walks through JSON bytes without building a document.
///
/// A stream is hundreds of small chunks of which a few bytes matter; this costs a fraction of a parse. It is as strict
/// as JSON about structure and strings, and lax about numbers and literals that it only skips: servers written in
/// Python send `NaN` beside what matters.
struct WireScanner {
    let bytes: UnsafeBufferPointer<UInt8>
    private(set) var index = 0
    private var depth = 0

    private static let maximumDepth = 128

    init(_ bytes: UnsafeBufferPointer<UInt8>, from index: Int = 0) {
        self.bytes = bytes
        self.index = index
    }

    func error(_ message: StaticString) -> WireSyntaxError { WireSyntaxError(message, index) }

    @inline(__always)
    mutating func skipSpace() {
        while index < bytes.count, bytes[index] <= 0x20,
            bytes[index] == 0x20 || bytes[index] == 0x0A || bytes[index] == 0x0D || bytes[index] == 0x09
        {
            index += 1
        }
    }

    /// The first byte of the value that comes next.
    @inline(__always)
    mutating func peek() throws(WireSyntaxError) -> UInt8 {
        skipSpace()
        guard index < bytes.count else { throw error("unexpected end") }
        return bytes[index]
    }

    /// Checks that only white space is left.
    mutating func finish() throws(WireSyntaxError) {
        skipSpace()
        guard index == bytes.count else { throw error("unexpected text after the document") }
    }
}

// Structure.
extension WireScanner {
    /// Goes through the members of an object; `member` must consume each value.
    @inline(__always)
    mutating func object(
        _ member: (inout WireScanner, WireKey) throws(WireSyntaxError) -> Void
    ) throws(WireSyntaxError) {
        guard try open("{", "}") else { return }
        while true {
            guard try peek() == UInt8(ascii: "\"") else { throw error("expected a key") }
            let key = try self.key()
            guard try peek() == UInt8(ascii: ":") else { throw error("expected ':'") }
            index += 1
            skipSpace()
            try member(&self, key)
            if try close("}") { return }
        }
    }

    /// Goes through the elements of an array; `element` must consume each.
    @inline(__always)
    mutating func array(
        _ element: (inout WireScanner, _ position: Int) throws(WireSyntaxError) -> Void
    ) throws(WireSyntaxError) {
        guard try open("[", "]") else { return }
        var position = 0
        while true {
            try element(&self, position)
            position += 1
            if try close("]") { return }
        }
    }

    private mutating func open(_ start: Unicode.Scalar, _ end: Unicode.Scalar) throws(WireSyntaxError) -> Bool {
        guard try peek() == UInt8(ascii: start) else { throw error("unexpected type") }
        index += 1
        if try peek() == UInt8(ascii: end) {
            index += 1
            return false
        }
        depth += 1
        guard depth <= Self.maximumDepth else { throw error("nested too deeply") }
        return true
    }

    private mutating func close(_ end: Unicode.Scalar) throws(WireSyntaxError) -> Bool {
        let byte = try peek()
        index += 1
        if byte == UInt8(ascii: end) {
            depth -= 1
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw error("expected ',' or the end") }
        skipSpace()
        return false
    }

    /// Passes over a value of any type.
    mutating func skip() throws(WireSyntaxError) {
        switch try peek() {
        case UInt8(ascii: "\""): _ = try rawString()
        case UInt8(ascii: "{"): try object { (scanner, _) throws(WireSyntaxError) in try scanner.skip() }
        case UInt8(ascii: "["): try array { (scanner, _) throws(WireSyntaxError) in try scanner.skip() }
        default: try skipScalar()
        }
    }

    private mutating func skipScalar() throws(WireSyntaxError) {
        let start = index
        while index < bytes.count, Self.isScalarByte(bytes[index]) { index += 1 }
        let text = UnsafeBufferPointer(rebasing: bytes[start..<index])
        guard let first = text.first else { throw error("unexpected character") }
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return
        default:
            for literal: StaticString in ["true", "false", "null", "NaN", "Infinity"] where text.equals(literal) {
                return
            }
            throw WireSyntaxError("unexpected character", start)
        }
    }

    @inline(__always)
    private static func isScalarByte(_ byte: UInt8) -> Bool {
        // Upper and lower case differ in one bit.
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "+")
    }

    /// Passes over a value and returns its bytes.
    mutating func raw() throws(WireSyntaxError) -> UnsafeBufferPointer<UInt8> {
        skipSpace()
        let start = index
        try skip()
        return UnsafeBufferPointer(rebasing: bytes[start..<index])
    }
}

// Scalars.
extension WireScanner {
    /// Whether the next value is `null`; if so, passes over it.
    @inline(__always)
    mutating func null() throws(WireSyntaxError) -> Bool {
        guard try peek() == UInt8(ascii: "n") else { return false }
        try skipScalar()
        return true
    }

    @inline(__always)
    private mutating func key() throws(WireSyntaxError) -> WireKey {
        let plainEnd = bytes.firstNotPlain(from: index + 1)
        let raw = try rawString(plainUntil: plainEnd)
        return WireKey(raw: raw, hasEscapes: index != plainEnd + 1)
    }

    /// Passes over a string and returns what stands between its quotes, escapes as they are.
    @inline(__always)
    mutating func rawString() throws(WireSyntaxError) -> UnsafeBufferPointer<UInt8> {
        try rawString(plainUntil: bytes.firstNotPlain(from: index + 1))
    }

    @inline(__always)
    private mutating func rawString(plainUntil end: Int) throws(WireSyntaxError) -> UnsafeBufferPointer<UInt8> {
        let start = index + 1
        index = end
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                index += 1
                return UnsafeBufferPointer(rebasing: bytes[start..<(index - 1)])
            case UInt8(ascii: "\\"): index = bytes.firstNotPlain(from: index + 2)
            default: throw error("control character in a string")
            }
        }
        index = bytes.count
        throw error("unterminated string")
    }

    /// Reads a string, its escapes decoded, onto the end of a buffer.
    mutating func string(into buffer: inout [UInt8]) throws(WireSyntaxError) {
        guard try peek() == UInt8(ascii: "\"") else { throw error("expected a string") }
        let raw = try rawString()
        guard raw.firstNotPlain(from: 0) < raw.count else { return buffer.append(contentsOf: raw) }
        try raw.appendUnescaped(to: &buffer, endingAt: index)
    }

    /// Passes over a string and returns how many bytes it has, its escapes decoded.
    mutating func stringBytes() throws(WireSyntaxError) -> Int {
        let raw = try rawString()
        guard raw.firstNotPlain(from: 0) < raw.count else { return raw.count }
        var buffer: [UInt8] = []
        try raw.appendUnescaped(to: &buffer, endingAt: index)
        return buffer.count
    }

    /// Reads a string.
    mutating func string() throws(WireSyntaxError) -> String {
        var buffer: [UInt8] = []
        try string(into: &buffer)
        return String(decoding: buffer, as: UTF8.self)
    }

    /// Reads a value that is meant to be a count, which may be written as `100.0`; whatever is not a sound one is passed
    /// over.
    mutating func count() throws(WireSyntaxError) -> Int? { WireNumber(try raw())?.whole }
}

/// The key of an object member.
struct WireKey {
    let raw: UnsafeBufferPointer<UInt8>
    let hasEscapes: Bool

    /// Whether this is the key, which must be ASCII.
    @inline(__always)
    func callAsFunction(_ name: StaticString) -> Bool {
        if raw.equals(name) { return true }
        guard hasEscapes else { return false }
        var decoded: [UInt8] = []
        guard (try? raw.appendUnescaped(to: &decoded, endingAt: 0)) != nil else { return false }
        return decoded.withUnsafeBufferPointer { $0.equals(name) }
    }
}

extension UnsafeBufferPointer<UInt8> {
    @inline(__always)
    func equals(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }
}
