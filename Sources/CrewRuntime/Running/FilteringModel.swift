import ChatModel
import Synchronization

/// A chat model from whose words the secrets of its run are taken out, whoever says them and wherever they come from:
/// what an endpoint knows of another's key, and what lies in a cache.
struct FilteringModel: ChatModel {
    let base: any ChatModel
    let secrets: SecretFilter

    func respond(
        to request: ChatRequest,
        onText: (@Sendable (String) -> Void)?
    ) async throws(ChatError) -> ChatResponse {
        let shown = onText.map { Shown(secrets, $0) }
        defer { shown?.end() }
        do throws(ChatError) {
            var onPiece: (@Sendable (String) -> Void)?
            if let shown { onPiece = { shown.take($0) } }
            return secrets(try await base.respond(to: request, onText: onPiece))
        } catch {
            var error = error
            error.message = secrets(error.message)
            throw error
        }
    }

    /// What is handed on of a text that comes in pieces.
    private final class Shown: Sendable {
        private let stream: Mutex<SecretFilter.Stream>
        private let onText: @Sendable (String) -> Void

        init(_ secrets: SecretFilter, _ onText: @escaping @Sendable (String) -> Void) {
            stream = Mutex(SecretFilter.Stream(secrets))
            self.onText = onText
        }

        func take(_ piece: String) {
            let text = stream.withLock { $0.take(piece) }
            if !text.isEmpty { onText(text) }
        }

        func end() {
            let text = stream.withLock { $0.end() }
            if !text.isEmpty { onText(text) }
        }
    }
}
