/// The header fields of an answer; names are looked up without regard to case.
///
/// The fields are kept as the bytes in which they came, so that only what is asked for becomes a string.
public struct HTTPHeaders: Sendable, Hashable {
    /// `name:value\n` for each field.
    private var text: [UInt8] = []
    /// The number of fields.
    public private(set) var count = 0

    /// Makes an empty list.
    public init() {}

    /// Makes a list of fields; line breaks within a value become spaces.
    public init(_ fields: [(name: String, value: String)]) {
        for (name, value) in fields {
            var line = Array("\(name): \(value)".utf8)
            for index in line.indices where line[index] == newline { line[index] = space }
            line.withUnsafeBytes { append(line: $0) }
        }
    }

    /// The first value of a field, if there is one.
    public subscript(name: String) -> String? {
        var found: String?
        forEach(named: name) { value in
            found = String(decoding: value, as: UTF8.self)
            return false
        }
        return found
    }

    /// All values of a field, in the order in which they came.
    public func values(of name: String) -> [String] {
        var found: [String] = []
        forEach(named: name) { value in
            found.append(String(decoding: value, as: UTF8.self))
            return true
        }
        return found
    }

    /// Every field, in the order in which they came.
    public var fields: [(name: String, value: String)] {
        text.split(separator: newline).map { line in
            let name = line.prefix { $0 != colon }
            let value = line.dropFirst(name.count + 1)
            return (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
    }

    /// Adds a line as it stood on the wire, with or without its end; a line without a colon is ignored.
    mutating func append(line: UnsafeRawBufferPointer) {
        if let first = line.first, first == space || first == tab {
            // An old way to write one value in several lines; RFC 9112, section 5.2.
            guard text.popLast() != nil else { return }
            text.append(space)
            text.append(contentsOf: trimmed(line[...]))
        } else {
            guard let end = line.firstIndex(of: colon) else { return }
            text.append(contentsOf: line[..<end])
            text.append(colon)
            text.append(contentsOf: trimmed(line[(end + 1)...]))
            count += 1
        }
        text.append(newline)
    }

    /// Forgets all fields and keeps the storage.
    mutating func removeAll() {
        text.removeAll(keepingCapacity: true)
        count = 0
    }

    private func forEach(named name: String, _ visit: (ArraySlice<UInt8>) -> Bool) {
        var name = name
        name.withUTF8 { name in
            var start = text.startIndex
            while start < text.endIndex {
                var end = start
                while text[end] != newline { end += 1 }
                if starts(at: start, with: name), !visit(text[(start + name.count + 1)..<end]) { return }
                start = end + 1
            }
        }
    }
}

extension HTTPHeaders {
    /// Whether the field that begins there has this name.
    private func starts(at start: Int, with name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard start + name.count < text.count, text[start + name.count] == colon else { return false }
        for index in 0..<name.count where lowercased(text[start + index]) != lowercased(name[index]) { return false }
        return true
    }
}

private let newline = UInt8(ascii: "\n")
private let colon = UInt8(ascii: ":")
private let space = UInt8(ascii: " ")
private let tab = UInt8(ascii: "\t")

private func lowercased(_ byte: UInt8) -> UInt8 {
    byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
}

private func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    var bytes = bytes
    while let first = bytes.first, first <= space { bytes.removeFirst() }
    while let last = bytes.last, last <= space { bytes.removeLast() }
    return bytes
}
