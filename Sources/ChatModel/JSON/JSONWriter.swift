/// Appends JSON text to a byte buffer.
///
/// The one place where JSON is written, so that a message, a schema or a request is escaped the same way everywhere and
/// equal values give equal bytes.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []

    package init(reserving capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Goes on writing behind bytes written before; pass the only reference to them and nothing is copied.
    package init(continuing bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    /// Appends text that is JSON already.
    package mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends bytes that are JSON already.
    package mutating func raw(_ json: [UInt8]) {
        bytes.append(contentsOf: json)
    }

    /// Appends one character that is JSON already.
    package mutating func byte(_ character: Unicode.Scalar) {
        bytes.append(UInt8(ascii: character))
    }

    /// Appends a JSON string, quoted and escaped.
    package mutating func string(_ text: String) {
        quoted(text, "\"", "\"")
    }

    /// Appends the key of an object's member, with what stands before and behind it.
    package mutating func key(_ key: String, isFirst: Bool) {
        quoted(key, isFirst ? "\"" : ",\"", "\":")
    }

    private mutating func quoted(_ text: String, _ before: StaticString, _ after: StaticString) {
        var text = text
        text.withUTF8 { utf8 in
            let plain = utf8.firstNotPlain(from: 0)
            guard plain == utf8.count, plain <= 64 else {
                raw(before)
                appendEscaped(utf8, from: plain)
                return raw(after)
            }
            // Most are short and plain: put together first, they cost one look at the array instead of three.
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 72) { buffer in
                var end = 0
                func append(_ start: UnsafePointer<UInt8>, _ count: Int) {
                    guard let target = buffer.baseAddress else { return }
                    (target + end).initialize(from: start, count: count)
                    end += count
                }
                append(before.utf8Start, before.utf8CodeUnitCount)
                if let start = utf8.baseAddress { append(start, plain) }
                append(after.utf8Start, after.utf8CodeUnitCount)
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: buffer[..<end]))
            }
        }
    }

    /// Appends an integer.
    package mutating func integer(_ value: Int64) {
        if value >= 0 && value < 10 { return bytes.append(UInt8(ascii: "0") + UInt8(value)) }
        // A sign and nineteen digits at most, from the last one on.
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = digits.count
            var rest = value.magnitude
            repeat {
                start -= 1
                digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                start -= 1
                digits[start] = UInt8(ascii: "-")
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start...]))
        }
    }

    /// Appends a number in its shortest form that reads back equal; what JSON cannot say becomes `null`.
    package mutating func number(_ value: Double) {
        guard value.isFinite else { return raw("null") }
        if let whole = Int64(exactly: value), abs(value) < 1e15 {
            integer(whole)
        } else {
            bytes.append(contentsOf: "\(value)".utf8)
        }
    }

    /// Appends a whole document.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let flag): raw(flag ? "true" : "false")
        case .integer(let number): integer(number)
        case .number(let number): self.number(number)
        case .string(let text): string(text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                self.value(element)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for index in 0..<members.count {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                string(members.key(at: index))
                bytes.append(UInt8(ascii: ":"))
                self.value(members.value(at: index))
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Appends text, of which the first byte that is not plain is known.
    private mutating func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>, from notPlain: Int) {
        var start = 0
        var index = notPlain
        while true {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
            guard index < utf8.count else { return }
            start = index + 1
            let byte = utf8[index]
            defer { index = utf8.firstNotPlain(from: start) }
            switch byte {
            case 0x22: raw("\\\"")
            case 0x5C: raw("\\\\")
            case 0x0A: raw("\\n")
            case 0x0D: raw("\\r")
            case 0x09: raw("\\t")
            default:
                raw("\\u00")
                bytes.append(Self.hexDigit(byte >> 4))
                bytes.append(Self.hexDigit(byte & 0x0F))
            }
        }
    }

    private static func hexDigit(_ nibble: UInt8) -> UInt8 {
        nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
    }
}

extension JSONValue {
    /// The compact JSON text, as UTF-8.
    public var jsonBytes: [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// The compact JSON text.
    public var jsonText: String {
        String(decoding: jsonBytes, as: UTF8.self)
    }

    /// The same document with the keys of every object sorted: equal meaning gives equal bytes.
    public var canonical: JSONValue {
        switch self {
        case .array(let elements): .array(elements.map(\.canonical))
        case .object(let members):
            .object(JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.canonical) }))
        default: self
        }
    }
}
