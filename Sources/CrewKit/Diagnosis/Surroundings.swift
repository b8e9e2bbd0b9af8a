package import ChatModel
import CrewCore
import CrewSQLite
import CurlClient
import OpenAIChat

/// What runs find on this machine and at their endpoint; for a look at what is wrong when nothing works.
package enum Surroundings {
    /// The libraries that runs rest on.
    package struct Libraries: Sendable, Hashable {
        /// libcurl's version.
        package let curl: String
        /// libcurl's TLS library; without one, no `https` endpoint can be reached.
        package let tls: String?
        /// Whether libcurl speaks HTTP/2.
        package let speaksHTTP2: Bool
        /// SQLite's version; `nil` when it does not work.
        package let sqlite: String?
    }

    /// Asks the libraries for their versions.
    package static func libraries() -> Libraries {
        let curl = CurlVersion.current()
        return Libraries(
            curl: curl.version,
            tls: curl.tls,
            speaksHTTP2: curl.speaksHTTP2,
            sqlite: sqliteVersion()
        )
    }
}

extension ChatRequest {
    /// The body with which this request is sent to an OpenAI-compatible endpoint, byte for byte.
    ///
    /// - Parameter streamed: Whether the answer is to be streamed, as it is when somebody observes the run.
    package func openAIBody(streamed: Bool) -> String {
        String(decoding: requestBody(for: self, stream: streamed), as: UTF8.self)
    }
}
