internal import ChatModel

/// Derives a schema by letting a type decode itself from a decoder that answers with samples and notes what was asked.
final class SchemaRecording {
    private let type: String
    /// The first error: a type may swallow what its decoder throws, but not what is noted here.
    private var failure: SchemaError?
    private var open: Set<ObjectIdentifier> = []

    private init(type: String) { self.type = type }

    /// The schema of an object type.
    static func schema<T: Decodable>(of type: T.Type) throws(SchemaError) -> JSONObject {
        let recording = SchemaRecording(type: String(describing: type))
        let result = Result { try recording.record(type, at: []).schema }
        if let failure = recording.failure { throw failure }
        switch result {
        case .success(let schema) where schema["properties"] != nil: return schema
        case .success:
            throw recording.error(
                [],
                "what a model is asked for is an object, and this type is none",
                "use a struct with properties"
            )
        case .failure(let error):
            throw recording.error([], "decoding failed (\(error))", Self.writeIt)
        }
    }

    static let writeIt = "write 'static func makeSchema()' for it"

    func error(_ path: [String], _ problem: String, _ remedy: String) -> SchemaError {
        let error = SchemaError(
            type: type,
            property: path.joined(separator: "."),
            problem: problem,
            remedy: remedy
        )
        failure = failure ?? error
        return failure ?? error
    }

    /// The schema of a type, and a value of it with which decoding can go on.
    func record<T: Decodable>(_ type: T.Type, at path: [String]) throws -> (schema: JSONObject, sample: T) {
        let (schema, sample) = try shape(of: type, at: path)
        guard let sample = sample as? T else {
            throw error(path, "\(type) has no sample value", Self.writeIt)
        }
        return (schema, sample)
    }

    private func shape<T: Decodable>(of type: T.Type, at path: [String]) throws -> (JSONObject, Any) {
        if type == JSONValue.self { return ([:], JSONValue.null) }
        if let primitive = type as? any JSONPrimitive.Type { return (primitive.schema, primitive.sample) }
        if let optional = type as? any OptionalType.Type {
            return (Self.nullable(try schema(of: optional.wrapped, at: path)), optional.nothing)
        }
        if let list = type as? any ListType.Type {
            return (["type": "array", "items": .object(try schema(of: list.element, at: path))], list.nothing)
        }
        if let map = type as? any MapType.Type {
            let values = try schema(of: map.value, at: path)
            return (["type": "object", "additionalProperties": .object(values)], map.nothing)
        }
        if let cases = RawCases(of: type) {
            let typeName = cases.values.first?.typeName ?? "string"
            return (["type": .string(typeName), "enum": .array(cases.values)], cases.first)
        }
        return try decoded(type, at: path)
    }

    private func schema<T: Decodable>(of type: T.Type, at path: [String]) throws -> JSONObject {
        try record(type, at: path).schema
    }

    private func decoded<T: Decodable>(_ type: T.Type, at path: [String]) throws -> (JSONObject, Any) {
        // Foundation's types decode from numbers and objects that no model would guess.
        if String(reflecting: type).hasPrefix("Foundation") {
            throw error(path, "\(type) has no natural JSON form", "declare a String or a number and convert it")
        }
        guard open.insert(ObjectIdentifier(type)).inserted else {
            throw error(path, "\(type) contains itself", "use an array of rows that refer to each other by name")
        }
        defer { open.remove(ObjectIdentifier(type)) }
        let decoder = RecordingDecoder(recording: self, path: path)
        do {
            let sample = try type.init(from: decoder)
            return (decoder.notes.schema, sample)
        } catch let error as SchemaError {
            throw error
        } catch {
            if type is any RawRepresentable.Type {
                throw self.error(path, "the values of \(type) are not known", "make it CaseIterable")
            }
            throw self.error(path, "\(type) cannot be decoded from sample values (\(error))", Self.writeIt)
        }
    }

    private static func nullable(_ schema: JSONObject) -> JSONObject {
        var schema = schema
        if let type = schema["type"], type.arrayValue == nil { schema["type"] = [type, "null"] }
        if let values = schema["enum"]?.arrayValue { schema["enum"] = .array(values + [.null]) }
        return schema
    }
}

/// What one type asked its decoder for.
final class DecodingNotes {
    private(set) var scalar: JSONObject?
    private var properties = JSONObject()
    /// The properties whose presence was asked about before they were read.
    var conditional: Set<String> = []
    private var required: [String] = []

    var schema: JSONObject {
        if let scalar { return scalar }
        var schema: JSONObject = ["type": "object", "properties": .object(properties)]
        let names = required.filter { !conditional.contains($0) }
        if !names.isEmpty { schema["required"] = .array(names.map(JSONValue.string)) }
        schema["additionalProperties"] = false
        return schema
    }

    func note(_ name: String, _ schema: JSONObject, isRequired: Bool) {
        guard properties[name] == nil else { return }
        properties[name] = .object(schema)
        if isRequired { required.append(name) }
    }

    func note(scalar schema: JSONObject) { scalar = scalar ?? schema }
}
