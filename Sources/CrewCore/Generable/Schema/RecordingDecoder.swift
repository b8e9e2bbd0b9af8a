internal import ChatModel

/// The decoder that answers with samples.
///
/// Its containers note what they are asked for.
struct RecordingDecoder: Decoder {
    let recording: SchemaRecording
    let path: [String]
    let notes = DecodingNotes()

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(RecordingKeyedContainer<Key>(decoder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer { throw handwritten("an array") }

    func singleValueContainer() -> any SingleValueDecodingContainer { RecordingValueContainer(decoder: self) }

    func handwritten(_ what: String) -> SchemaError {
        recording.error(path, "it decodes \(what) in its own way", SchemaRecording.writeIt)
    }
}

// One generic method stands for the many that the protocols list, one for each scalar type.

private struct RecordingKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: RecordingDecoder

    var codingPath: [any CodingKey] { [] }
    /// None: an enum with payloads looks here for its case and must be refused.
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool {
        decoder.notes.conditional.insert(key.stringValue)
        return true
    }

    func decodeNil(forKey key: Key) -> Bool {
        decoder.notes.conditional.insert(key.stringValue)
        return false
    }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        let (schema, sample) = try record(type, key)
        decoder.notes.note(key.stringValue, schema, isRequired: true)
        return sample
    }

    func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
        decoder.notes.note(key.stringValue, try record(type, key).schema, isRequired: false)
        return nil
    }

    private func record<T: Decodable>(_ type: T.Type, _ key: Key) throws -> (schema: JSONObject, sample: T) {
        try decoder.recording.record(type, at: decoder.path + [key.stringValue])
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw decoder.handwritten("'\(key.stringValue)'") }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw decoder.handwritten("'\(key.stringValue)'")
    }

    func superDecoder() throws -> any Decoder { throw decoder.handwritten("its superclass") }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw decoder.handwritten("its superclass") }
}

private struct RecordingValueContainer: SingleValueDecodingContainer {
    let decoder: RecordingDecoder

    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let (schema, sample) = try decoder.recording.record(type, at: decoder.path)
        decoder.notes.note(scalar: schema)
        return sample
    }
}
