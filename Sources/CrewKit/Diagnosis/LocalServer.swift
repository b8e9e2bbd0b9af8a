import ChatModel
import CurlClient

/// A server for models that runs on this machine.
package struct LocalServer: Sendable, Hashable {
    /// A place where one is usually found.
    package struct Place: Sendable, Hashable {
        /// The program that listens there by default.
        package let program: String
        /// Its port.
        package let port: UInt16

        /// Names a place.
        package init(_ program: String, port: UInt16) {
            self.program = program
            self.port = port
        }

        /// Where the common ones listen unless told otherwise.
        package static let usual = [
            Place("Ollama", port: 11_434), Place("LM Studio", port: 1_234), Place("llama.cpp", port: 8_080),
            Place("vLLM", port: 8_000),
        ]
    }

    /// The program, as far as its port and its answer tell.
    package let program: String
    /// Its address, up to and including `/v1`.
    package let baseURL: String
    /// The names of its models.
    package let models: [String]

    /// The model to begin with: the first that is not for embeddings, speech or the like.
    package var model: String? {
        let others = ["embed", "rerank", "whisper", "tts", "bge-", "clip"]
        return models.first { name in !others.contains { name.lowercased().contains($0) } } ?? models.first
    }

    /// Looks for servers on this machine, and nowhere else; all places at once.
    ///
    /// - Parameters:
    ///   - places: Where to look.
    ///   - timeout: How long to wait for each, in milliseconds.
    package static func running(at places: [Place] = Place.usual, timeout: Int = 400) async -> [LocalServer] {
        guard let client = try? HTTPClient(HTTPClient.Configuration(proxy: .none)) else { return [] }
        let found = await withTaskGroup(of: (Int, LocalServer?).self) { group in
            for (index, place) in places.enumerated() {
                group.addTask { (index, await server(at: place, client, timeout)) }
            }
            return await group.reduce(into: [(Int, LocalServer)]()) { found, next in
                if let server = next.1 { found.append((next.0, server)) }
            }
        }
        await client.close()
        return found.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private static func server(at place: Place, _ client: HTTPClient, _ timeout: Int) async -> LocalServer? {
        let baseURL = "http://127.0.0.1:\(place.port)/v1"
        let request = HTTPRequest(
            url: baseURL + "/models",
            headers: [(name: "Accept", value: "application/json"), (name: "User-Agent", value: "crew")],
            timeouts: HTTPTimeouts(connect: timeout, firstByte: timeout, idle: timeout, total: timeout),
            maximumResponseBytes: 1 << 20
        )
        guard let response = try? await client.send(request), response.head.status == 200,
            let document = try? JSONValue(parsing: response.body), let data = document["data"],
            data == .null || data.arrayValue != nil
        else { return nil }
        let entries = data.arrayValue ?? []
        let owner = entries.first?["owned_by"]?.stringValue?.lowercased() ?? ""
        let known = [("llamacpp", "llama.cpp"), ("vllm", "vLLM"), ("library", "Ollama"), ("sglang", "SGLang")]
        return LocalServer(
            program: known.first { $0.0 == owner }?.1 ?? place.program,
            baseURL: baseURL,
            models: entries.compactMap { $0["id"]?.stringValue }
        )
    }
}
