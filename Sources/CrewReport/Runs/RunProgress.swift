package import ChatModel
package import CrewCore

/// What a live view shows of a run: the fold of its updates, as far as it can be seen.
package struct RunProgress {
    /// Somebody at work.
    package struct Activity {
        /// What is being done.
        package enum Phase: Hashable {
            case starting
            case calling(model: String, attempt: Int)
            case usingTool(String)
            case waiting(until: Int64, reason: String)
        }

        package let seat: Seat
        /// How many crews are around it beside the run's own.
        package let depth: Int
        package var agent: String
        package var task: String?
        package var phase = Phase.starting
        /// The end of what is being said.
        package var tail = ""
    }

    package private(set) var run = ""
    package private(set) var crew = ""
    package private(set) var pattern = ""
    package private(set) var model = ""
    package private(set) var limits = Limits()
    package private(set) var activities: [Activity] = []
    package private(set) var callsBegun = 0
    package private(set) var callsUnderWay = 0
    package private(set) var tokens = 0
    package private(set) var cost = Money.zero
    package private(set) var uncertain = Money.zero
    /// What the whole run waits for.
    package private(set) var awaited: String?
    package private(set) var narration = Narration()
    /// The time spent by earlier executors, in milliseconds.
    private var timeBefore: Int64 = 0
    private var begin: Int64?
    private var last: Int64 = 0
    private var calls: [String: Seat] = [:]
    private var tools: [String: Seat] = [:]
    private var models: [String: String] = [:]
    private var failures: [String: String] = [:]

    /// How much of what is said is kept, in characters: more than a terminal is wide.
    private static let longestTail = 600

    package init() {}

    /// Takes up a run that has a past.
    package init(resuming events: [Event]) {
        for event in events { _ = take(event) }
    }

    /// How long the run has been executed, in milliseconds.
    package func elapsed(at now: Int64) -> Int64 {
        timeBefore.addingWithSaturation(begin.map { max(0, now.subtractingWithSaturation($0)) } ?? 0)
    }

    /// Takes a piece of an answer in.
    package mutating func take(_ text: String, of seat: Seat) {
        guard let index = activities.firstIndex(where: { $0.seat == seat }) else { return }
        activities[index].tail = String((activities[index].tail + text).suffix(Self.longestTail))
    }

    /// Takes in what a tool says of its progress, in place of what was said before.
    package mutating func say(_ text: String, of seat: Seat) {
        change(seat) { activity in
            guard case .usingTool = activity.phase else { return }
            activity.tail = text
        }
    }

    /// Takes in what the whole run waits for; `nil` when it goes on.
    ///
    /// - Returns: Whether it did not wait before: the numbers may change meanwhile.
    package mutating func wait(for reason: String?) -> Bool {
        defer { awaited = reason }
        return awaited == nil && reason != nil
    }

    /// Takes an event in.
    ///
    /// - Returns: What there is to tell of it.
    package mutating func take(_ event: Event) -> [Narration.Line] {
        if begin == nil { begin = event.time }
        apply(event)
        last = event.time
        return narration.tell(event)
    }

    private mutating func apply(_ event: Event) {
        switch event.fact {
        case .runCreated(let created):
            run = created.run
            crew = created.crew.name
            pattern = created.crew.process.name
            limits = created.limits
            for (name, model) in created.crew.allModels { models[name] = model.model }
            model = Set(models.values).sorted().joined(separator: ", ")
        case .runResumed(let resumed):
            timeBefore = elapsed(at: last)
            begin = event.time
            callsUnderWay = 0
            if let limits = resumed.limits { self.limits = limits }
        case .signalReceived(let fact):
            if fact.refused == nil, case .limit(let limits, _) = fact.signal {
                self.limits = limits.completed(from: self.limits)
            }
        case .assignmentStarted(let assignment):
            enter(.assignment(assignment.id), assignment.agent, assignment.task, in: assignment.scope)
        case .callIntended(let intent):
            callsBegun += 1
            callsUnderWay += 1
            calls[intent.call] = intent.seat
            if case .coordinator(let scope) = intent.seat, !activities.contains(where: { $0.seat == intent.seat }) {
                enter(intent.seat, "coordinator", nil, in: scope)
            }
            change(intent.seat) { activity in
                activity.phase = .calling(model: intent.model, attempt: intent.attempt)
                activity.tail = ""
            }
        case .callCompleted(let answer):
            callsUnderWay = max(0, callsUnderWay - 1)
            tokens = tokens.addingWithSaturation(answer.usage.total)
            cost += answer.cost
        case .callFailed(let failure):
            callsUnderWay = max(0, callsUnderWay - 1)
            uncertain += failure.uncertain.money
            failures[failure.call] = failure.message
        case .retryScheduled(let retry):
            guard let seat = calls[retry.call] else { return }
            let reason = failures[retry.call] ?? "no answer"
            change(seat) { activity in
                activity.tail = ""
                activity.phase = .waiting(until: retry.at, reason: reason)
            }
        case .toolIntended(let tool):
            let seat = Seat(tool.assignment)
            tools[tool.tool] = seat
            change(seat) { activity in
                activity.phase = .usingTool(tool.name)
                activity.tail = ""
            }
        case .instructionIssued(let issued): activities.removeAll { $0.seat == .coordinator(of: issued.scope) }
        case .resultAccepted(let result): leave(result.assignment)
        case .assignmentFailed(let failure): leave(failure.assignment)
        case .runEnded: activities = []
        case .dialectLearned, .modelReplaced, .toolCompleted, .answerRejected, .stallDetected, .limitReached, .unknown:
            break
        }
    }

    /// Puts somebody behind the crew around it and those at work there; a coordinator before those it directs.
    private mutating func enter(_ seat: Seat, _ name: String, _ task: String?, in scope: String?) {
        let outer = scope.flatMap { scope in activities.firstIndex { $0.seat == .assignment(scope) } }
        let depth = outer.map { activities[$0].depth + 1 } ?? 0
        let first = outer.map { $0 + 1 } ?? 0
        let inside = activities[first...].prefix { outer == nil || $0.depth >= depth }
        let activity = Activity(seat: seat, depth: depth, agent: name, task: task)
        activities.insert(activity, at: seat.isCoordinator ? first : inside.endIndex)
    }

    /// Takes out whoever worked on an assignment, with all that worked for it.
    private mutating func leave(_ assignment: String) {
        guard let index = activities.firstIndex(where: { $0.seat == .assignment(assignment) }) else { return }
        let depth = activities[index].depth
        let end = activities[(index + 1)...].firstIndex { $0.depth <= depth } ?? activities.endIndex
        activities.removeSubrange(index..<end)
    }

    private mutating func change(_ seat: Seat, _ change: (inout Activity) -> Void) {
        guard let index = activities.firstIndex(where: { $0.seat == seat }) else { return }
        var activity = activities[index]
        change(&activity)
        activities[index] = activity
    }
}
