import ChatModel
import CrewCore
import Foundation
import OpenAIChat

/// Whoever watches a world: folds the journal as it grows, keeps books of its own, and objects.
struct Audit {
    /// The fold of what is in the journal.
    private(set) var state: RunState?
    var books = Books()
    var calls = CallAudit()
    var tools = ToolAudit()
    var returns = ReturnAudit()
    var signals = SignalAudit()
    private(set) var events = 0
    private(set) var transactions = 0
    private(set) var decisions = 0
    /// How often the run waited for a person.
    private(set) var pauses = 0

    private let library: PromptLibrary
    private(set) var prompts: PromptAudit
    private let encoder = JSONEncoder()
    private let decoder = JSONDecoder()
    private var lastTime: Int64 = 0

    init(prompts: RunPrompts) {
        library = prompts.library
        self.prompts = PromptAudit(prompts)
        encoder.outputFormatting = .sortedKeys
    }

    // MARK: - Coding

    func encode(_ events: [Event]) throws(Violation) -> [Data] {
        do { return try events.map { try encoder.encode($0) } } catch {
            throw Violation(.coding, "an event cannot be written: \(error)")
        }
    }

    func decode(_ rows: [Data]) throws(Violation) -> [Event] {
        do { return try rows.map { try decoder.decode(Event.self, from: $0) } } catch {
            throw Violation(.coding, "an event cannot be read: \(error)")
        }
    }

    // MARK: - The journal

    /// Takes in a transaction that was committed.
    mutating func take(_ rows: [Data], of shell: Shell, epoch: Int) throws(Violation) {
        guard shell.epoch == epoch else {
            throw Violation(.fenced, "executor \(shell.number) of epoch \(shell.epoch) appends in epoch \(epoch)")
        }
        transactions += 1
        let events = try decode(rows)
        if try encode(events) != rows { throw Violation(.coding, "read and written again it differs") }
        for event in events { try take(event) }
        guard var state else { return }
        // Who was refused a hold records first what needs none.
        if state.status == .running, let fact = state.decide(at: lastTime), shell.refusal == nil || !fact.isIntendedCall
        {
            throw Violation(.decided, "\(fact.kind.rawValue) follows and was not recorded with the outcome")
        }
        try compare(shell.state)
    }

    private mutating func take(_ event: Event) throws(Violation) {
        events += 1
        lastTime = event.time
        if state == nil {
            guard case .runCreated(let created) = event.fact else {
                throw Violation(.numbered, "the journal begins with \(event.words)")
            }
            state = RunState(created, library: library)
        }
        guard var state = state.take() else { return }
        guard event.sequence == state.sequence + 1 else {
            throw Violation(.numbered, "\(event.words) follows on \(state.sequence)")
        }
        if state.status != .running {
            guard case .runResumed = event.fact else { throw Violation(.ended, "\(event.words) after the end") }
            guard state.status != .finished else { throw Violation(.ended, "a finished run is resumed") }
        }
        if event.fact.isDecided {
            decisions += 1
            let again = state.decide(at: event.time)
            guard again == event.fact else {
                throw Violation(.decided, "\(event.words) was decided, and now \(again.map { "\($0)" } ?? "nothing")")
            }
        }
        try state.checkLegality(of: event.fact)
        try calls.take(event.fact, before: state)
        try tools.take(event.fact, before: state)
        returns.take(event.fact, before: state)
        prompts.take(event.fact)
        try signals.take(event.fact, before: state, books)
        try books.take(event.fact, before: state)
        state.apply(event)
        if case .callModel(let call)? = state.work(for: event.fact) { calls.expect(call) }
        try books.check(state)
        if case .runEnded(let end) = event.fact {
            if end.status == .waiting { pauses += 1 }
            try state.check(end, tools)
        }
        self.state = state
    }

    /// Holds an executor's state against the fold of the journal.
    func compare(_ other: RunState) throws(Violation) {
        guard let state else { return }
        if let difference = firstDifference(state, other, "state") { throw Violation(.replay, difference) }
    }

    /// The last checks, once nothing happens any more.
    func finish(_ scenario: Scenario, _ rows: [Data]) throws(Violation) {
        guard let state else { throw Violation(.endless, "the run was never created") }
        guard state.status != .running else {
            throw Violation(.endless, "nothing happens any more and the run goes on")
        }
        guard events == rows.count else { throw Violation(.numbered, "\(rows.count) events where \(events) were seen") }
        // A prefix, so that also states in the middle are made from the beginning.
        let events = try decode(rows)
        for count in [events.count, events.count * 2 / 3] where count > 0 {
            guard let folded = RunState(folding: Array(events.prefix(count)), library: library) else { continue }
            guard folded.sequence == count else { throw Violation(.replay, "a prefix of \(count) folds otherwise") }
            if count == events.count { try compare(folded) }
        }
        try books.checkBill(state)
    }

    // MARK: - Effects

    mutating func modelCalled(_ call: Work.ModelCall, by shell: Shell, isNewest: Bool) throws(Violation) {
        try calls.begin(call, isNewest: isNewest)
        if calls.made % 8 == 1 { try checkCoding(.callModel(call)) }
        if isNewest, let state { try returns.check(call, state) }
        try prompts.check(call)
        if let state { try books.checkBill(state) }
    }

    /// Checks that work can be performed elsewhere: read as it was written, it is the same, and so is its request.
    private func checkCoding(_ work: Work) throws(Violation) {
        do {
            let again = try decoder.decode(Work.self, from: try encoder.encode(work))
            guard again == work else { throw Violation(.coding, "work is other work when it is read: \(again)") }
            if case (.callModel(let one), .callModel(let other)) = (work, again) {
                guard requestBody(for: one.request, stream: true) == requestBody(for: other.request, stream: true)
                else { throw Violation(.coding, "the call \(one.call) makes another request when it is read") }
            }
        } catch {
            throw error as? Violation ?? Violation(.coding, "work cannot be written or read: \(error)")
        }
    }

    mutating func bill(_ usage: TokenUsage, for call: Work.ModelCall) { books.bill(usage, for: call) }

    mutating func toolStarted(
        _ tool: Work.ToolWork,
        key: String,
        by shell: Shell,
        isNewest: Bool
    ) throws(Violation) {
        try tools.begin(tool, key: key, isNewest: isNewest)
        try checkCoding(.callTool(tool))
    }

    mutating func toolPerformed(_ tool: Work.ToolWork, isIdempotent: Bool) throws(Violation) {
        try tools.perform(tool, isIdempotent: isIdempotent)
    }
}

extension RunState {
    /// Checks what an end says.
    fileprivate func check(_ end: RunEnded, _ tools: ToolAudit) throws(Violation) {
        for (name, account) in accounts where account.held != .zero {
            throw Violation(.leaked, "\(account.held.words) on the account of \(name)")
        }
        if end.code == "dead_end" { throw Violation(.wait, "the engine does not know how to go on") }
        if end.status == .waiting, !tools.isAnyUnknown {
            throw Violation(.paused, "\(end.message ?? "") although no tool call is open")
        }
        guard end.status == .finished else { return }
        let own = results.filter { scopeOf($0) == nil }
        let missing = crew.tasks.filter { task in
            (task.isRequired || task.name == crew.process.answer) && !own.contains { $0.task == task.name }
        }
        guard missing.isEmpty, !own.isEmpty, end.answer?.isEmpty == false else {
            throw Violation(.success, "finished without \(missing.map(\.name)), \(results.count) results")
        }
        guard end.results.allSatisfy({ result($0) != nil }) else {
            throw Violation(.success, "it rests on results that are not there: \(end.results)")
        }
    }

    /// All accounts by name, in a fixed order.
    var accounts: [(name: String, account: Ledger.Account)] {
        [("run", ledger.run)] + ledger.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

extension Fact {
    /// Whether the core decides it; the others come from outside.
    fileprivate var isDecided: Bool {
        switch self {
        case .runCreated, .runResumed, .callCompleted, .callFailed, .toolCompleted, .signalReceived: false
        // That of an account above the run is the journal's word.
        case .limitReached(let limit): limit.account == nil
        case .runEnded(let end): end.status != .interrupted
        default: true
        }
    }
}

extension Event {
    /// The event in a few words, for traces.
    var words: String {
        let what =
            switch fact {
            case .callIntended(let fact): " \(fact.call) attempt \(fact.attempt)"
            case .callCompleted(let fact): " \(fact.call)"
            case .callFailed(let fact): " \(fact.call) (\(fact.code.rawValue))"
            case .retryScheduled(let fact): " \(fact.call)"
            case .toolIntended(let fact): " \(fact.tool) (\(fact.name))"
            case .toolCompleted(let fact): " \(fact.tool) (\(fact.outcome.rawValue))"
            case .instructionIssued(let fact): " \(fact.instruction.kind.rawValue)"
            case .assignmentStarted(let fact): " \(fact.id) of \(fact.agent)"
            case .assignmentFailed(let fact): " \(fact.assignment) (\(fact.code))"
            case .resultAccepted(let fact): " \(fact.id) of \(fact.assignment)"
            case .signalReceived(let fact):
                " \(fact.number) (\(fact.signal.kind)\(fact.refused == nil ? "" : ", refused"))"
            case .runResumed(let fact): " (epoch \(fact.epoch), unknown tools: \(fact.unknownTools.rawValue))"
            case .runEnded(let fact): " (\(fact.status.rawValue)\(fact.code.map { ", " + $0 } ?? ""))"
            default: ""
            }
        return "\(sequence) \(fact.kind.rawValue)\(what)"
    }
}
