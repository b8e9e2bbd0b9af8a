package import ChatModel

/// Why a document does not decode as a type, in words that a model can act on.
package struct JSONDecodingFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where, as a JSON Pointer (RFC 6901); empty for the whole document.
    package let pointer: String
    /// What is wrong there.
    package let message: String

    /// The place and the problem.
    package var description: String { pointer.isEmpty ? message : "\(pointer): \(message)" }
}

/// Decodes Swift values from JSON documents, strictly: a string is never read as a number, nor a number as a string.
package struct JSONValueDecoder {
    /// Makes a decoder.
    package init() {}

    /// Decodes a value.
    ///
    /// - Throws: ``JSONDecodingFailure`` with the place of the first problem.
    package func decode<T: Decodable>(_ type: T.Type, from document: JSONValue) throws(JSONDecodingFailure) -> T {
        try DocumentDecoder(value: document, codingPath: []).decode(type)
    }
}

/// A place in a document, as a decoder.
struct DocumentDecoder: Decoder {
    let value: JSONValue
    let codingPath: [any CodingKey]

    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = value.objectValue else { throw mismatch("an object") }
        return KeyedDecodingContainer(DocumentKeyedContainer<Key>(members: members, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = value.arrayValue else { throw mismatch("an array") }
        return DocumentListContainer(elements: elements, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { DocumentValueContainer(decoder: self) }

    func decode<T: Decodable>(_ type: T.Type) throws(JSONDecodingFailure) -> T {
        if type == JSONValue.self, let value = value as? T { return value }
        if let primitive = type as? any JSONPrimitive.Type {
            guard let value = primitive.init(json: value) as? T else { throw mismatch(primitive.noun) }
            return value
        }
        do {
            return try type.init(from: self)
        } catch let failure as JSONDecodingFailure {
            throw failure
        } catch {
            if let cases = RawCases(of: type) {
                throw mismatch("one of " + cases.values.map(\.jsonText).joined(separator: ", "))
            }
            throw failure(error)
        }
    }

    private func mismatch(_ noun: String) -> JSONDecodingFailure {
        failure("must be \(noun), not \(value.excerpt)")
    }

    func failure(_ message: String) -> JSONDecodingFailure {
        JSONDecodingFailure(pointer: codingPath.jsonPointer, message: message)
    }

    private func failure(_ error: any Error) -> JSONDecodingFailure {
        switch error {
        case let rejection as ToolRejection: failure(rejection.message)
        case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context),
            DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            JSONDecodingFailure(pointer: context.codingPath.jsonPointer, message: context.debugDescription)
        default: failure("\(error)")
        }
    }
}

/// A key or an index on the way into a document.
struct DocumentKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}

extension [any CodingKey] {
    /// The path as a JSON Pointer: `~` and `/` within a key are written `~0` and `~1`.
    var jsonPointer: String {
        var pointer = ""
        for key in self {
            pointer += "/"
            for character in key.stringValue {
                switch character {
                case "~": pointer += "~0"
                case "/": pointer += "~1"
                default: pointer.append(character)
                }
            }
        }
        return pointer
    }
}

extension JSONValue {
    /// The JSON text, cut where it is long, for messages.
    fileprivate var excerpt: String {
        switch self {
        case .object: "an object"
        case .array: "an array"
        case .string(let text) where text.unicodeScalars.count > 60:
            JSONValue.string(String(String.UnicodeScalarView(text.unicodeScalars.prefix(60))) + "…").jsonText
        default: jsonText
        }
    }
}
