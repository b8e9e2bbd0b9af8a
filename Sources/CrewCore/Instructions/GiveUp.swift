import ChatModel

extension Instruction {
    /// Ends the run without success.
    public struct GiveUp: Sendable, Hashable, Codable {
        /// Why.
        public var reason: String

        /// Gives up.
        public init(reason: String) {
            self.reason = reason
        }
    }
}

extension Instruction.GiveUp: InstructionForm {
    struct Offer: InstructionOffer {
        var kind: Instruction.Kind { .giveUp }

        var members: [(String, JSONValue)] { [("reason", SchemaPart.text(300))] }
    }

    static func offer(in scope: ScopeView) -> Offer? {
        // Whoever gives up has to have tried.
        scope.coordinator.plans > 1 || scope.hasFailures ? Offer() : nil
    }

    var kind: Instruction.Kind { .giveUp }

    var instruction: Instruction { .giveUp(self) }

    func carryOut(_ coordinator: inout CoordinatorState, in scope: ScopeView) {
        coordinator.conclusion = .failed(code: "gave_up", message: reason)
    }
}
