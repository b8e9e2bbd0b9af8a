import ChatModel
import Crypto

/// The key under which an answer is cached: the SHA-256 of everything that could change it.
///
/// Each piece is preceded by its length, so that no two different requests feed the same bytes.
struct CacheKey {
    private var hash = SHA256()

    static func bytes(endpoint: String, salt: String, _ request: ChatRequest) -> [UInt8] {
        var key = CacheKey()
        // Changes whenever what follows does.
        key.add("crew-response-1")
        key.add(salt)
        key.add(endpoint)
        key.add(request.model)
        key.add(request.conversation.encoded)
        key.add(request.tools.encoded)
        switch request.toolChoice {
        case .automatic: key.add("automatic")
        case .none: key.add("none")
        case .tool(let name):
            key.add("tool")
            key.add(name)
        }
        switch request.responseFormat {
        case .text: key.add("text")
        case .jsonObject: key.add("json_object")
        case .jsonSchema(let name, let schema):
            key.add("json_schema")
            key.add(name)
            key.add(schema.bytes)
        }
        key.add(Int64(request.maximumOutput))
        key.add(request.sampling.temperature.map { Int64(bitPattern: $0.bitPattern) })
        key.add(request.sampling.topP.map { Int64(bitPattern: $0.bitPattern) })
        key.add(request.sampling.seed)
        key.add(request.sampling.reasoningEffort ?? "")
        // Without any, the key is what it was before there were such fields.
        if !request.extraFields.encoded.isEmpty { key.add(request.extraFields.encoded) }
        return Array(key.hash.finalize())
    }

    private mutating func add(_ bytes: [UInt8]) {
        addLength(bytes.count)
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }

    private mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            addLength(bytes.count)
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
        }
    }

    private mutating func add(_ number: Int64?) {
        guard let number else { return addLength(0) }
        addLength(8)
        withUnsafeBytes(of: number.littleEndian) { hash.update(bufferPointer: $0) }
    }

    private mutating func addLength(_ length: Int) {
        withUnsafeBytes(of: UInt64(length).littleEndian) { hash.update(bufferPointer: $0) }
    }
}
