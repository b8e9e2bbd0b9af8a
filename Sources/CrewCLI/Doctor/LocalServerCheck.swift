import CrewKit
import CrewReport

/// Names the servers for models that run on this machine.
enum LocalServerCheck {
    /// What the doctor says of them.
    ///
    /// - Parameter used: The endpoints that are looked at anyway.
    static func findings(_ servers: [LocalServer], used: [String]) -> [Finding] {
        servers.filter { server in !used.contains { isSame($0, server) } }.map { server in
            guard let line = line(server) else {
                return Finding(
                    .hint,
                    "local",
                    "\(server.program) runs at \(server.baseURL) and has no model yet",
                    remedy: server.program == "Ollama" ? "ollama pull qwen3:8b" : "load one there"
                )
            }
            let count = Numbers.count(server.models.count, "model")
            return Finding(.good, "local", "\(server.program) runs at \(server.baseURL) with \(count)", remedy: line)
        }
    }

    /// The line to type for crews to use a server.
    static func line(_ server: LocalServer) -> String? {
        server.model.map {
            "export OPENAI_BASE_URL=\(ShellWord.quoted(server.baseURL)) OPENAI_MODEL=\(ShellWord.quoted($0))"
        }
    }

    /// What is said beside a key that is missing; empty when nothing runs here.
    static func advice(_ servers: [LocalServer]) -> String {
        guard let server = servers.first(where: { $0.model != nil }), let line = line(server) else { return "" }
        return "\n\(server.program) runs on this machine; to use it: \(line)"
    }

    private static func isSame(_ url: String, _ server: LocalServer) -> Bool {
        url.replacing("localhost", with: "127.0.0.1").hasPrefix(server.baseURL)
    }
}
