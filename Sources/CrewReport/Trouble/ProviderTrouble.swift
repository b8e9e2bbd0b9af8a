package import ChatModel
package import CrewCore
import Synchronization

/// What lies behind the end of a run that failed at its provider, and what can be done about it.
package final class ProviderTrouble: Sendable {
    fileprivate struct State {
        var models: [String: ModelDefinition] = [:]
        var asked: [String: String] = [:]
        var failures: [CallFailed] = []
    }

    private let state: Mutex<State>

    /// Looks back on what has happened.
    package init(_ events: [Event] = []) {
        var state = State()
        for event in events { Self.take(event, into: &state) }
        self.state = Mutex(state)
    }

    /// Takes an event in.
    package func take(_ event: Event) { state.withLock { Self.take(event, into: &$0) } }

    private static func take(_ event: Event, into state: inout State) {
        switch event.fact {
        case .runCreated(let created):
            for (name, model) in created.crew.allModels { state.models[name] = model }
        case .callIntended(let intent): state.asked[intent.call] = intent.model
        case .callFailed(let failure): state.failures.append(failure)
        default: break
        }
    }

    /// What to say beside the reason for which the run ended.
    package struct Explanation {
        /// The failure that led to the one that is named as the reason.
        package var cause: String?
        /// What can be done.
        package var hint: String?
    }

    /// Explains the end of a run.
    package func explanation(of result: RunResult) -> Explanation {
        guard result.status == .failed, let code = result.code.flatMap(ChatError.Code.init(rawValue:)) else {
            return Explanation()
        }
        let state = state.withLock { $0 }
        guard let last = state.failures.last(where: { $0.code == code }) else { return Explanation() }
        guard code == .circuitOpen else { return Explanation(hint: Self.hint(last, state.model(of: last))) }
        // The endpoint was left alone because of what came before: to this call, or else to any other there.
        let causes = state.failures.filter { $0.code != .circuitOpen }
        let endpoint = state.model(of: last)?.baseURL
        guard
            let cause = causes.last(where: { $0.call == last.call })
                ?? causes.last(where: { state.model(of: $0)?.baseURL == endpoint })
        else { return Explanation() }
        let status = cause.status.map { " (HTTP \($0))" } ?? ""
        return Explanation(
            cause: "\(cause.message)\(status) (\(cause.code.rawValue))",
            hint: Self.hint(cause, state.model(of: cause))
        )
    }

    private static func hint(_ failure: CallFailed, _ model: ModelDefinition?) -> String? {
        ProviderHint(failure: failure, model: model).text
    }
}

extension ProviderTrouble.State {
    fileprivate func model(of failure: CallFailed) -> ModelDefinition? { asked[failure.call].flatMap { models[$0] } }
}
