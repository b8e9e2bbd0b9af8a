import ChatModel

/// The crews at work.
extension RunState {
    /// The crew at work on an assignment; without one, the run's own.
    public func scope(of assignment: String?) -> Scope? { scopeIndex(of: assignment).map { scopes[$0] } }

    func scopeIndex(of assignment: String?) -> Int? {
        guard let assignment else { return 0 }
        return assignmentIndex(assignment).flatMap { assignments[$0].inner }
    }

    /// Whether a crew is another one at work, or works for it at any depth.
    func isScope(_ index: Int, within other: Int) -> Bool {
        // A crew stands after those for which it works.
        var next: Int? = index
        while let scope = next, scope >= other {
            if scope == other { return true }
            next = scopes[scope].parent
        }
        return false
    }

    /// Whether a crew, or one for which it works, has used up what it may: it begins nothing more.
    func isExhausted(_ scope: Int) -> Bool {
        if exhausted != nil { return true }
        return !exhaustedPlaces.isEmpty && exhaustion(of: scope) != nil
    }

    /// What was said when a crew, or one around it, came to a limit of its own.
    func exhaustion(of scope: Int) -> LimitReached? { exhaustion(at: scopes[scope].place) }

    /// What was said when the crew of a place, or one around it, came to a limit of its own.
    func exhaustion(at place: Int) -> LimitReached? {
        var next: Int? = place
        while let place = next {
            if let limit = exhaustedPlaces[place] { return limit }
            next = places[place].parent
        }
        return nil
    }

    /// Whether the outcome of a call or a tool of a crew is awaited, or of one that works for it.
    func isAnyEffectUnderWay(within scope: Int) -> Bool {
        exchanges.contains { $0.isAwaitingEffect && isScope($0.scope, within: scope) }
    }

    // MARK: - The run's own crew

    /// What the coordinator of the run's crew has done.
    public var coordinator: CoordinatorState { scopes[0].coordinator }

    /// The newest accepted result of a task of the run's crew.
    public func result(ofTask task: String) -> AcceptedResult? { scopes[0].latestResults[task].flatMap { result($0) } }

    /// The required tasks of the run's crew that have no accepted result; the task whose result is the answer is always
    /// required.
    public var missingTasks: [String] { scopes[0].missingTasks }
}

extension Scope {
    /// The required tasks that have no accepted result; the task whose result is the answer is always required.
    public var missingTasks: [String] {
        crew.tasks.filter { latestResults[$0.name] == nil && ($0.isRequired || $0.name == crew.process.answer) }.map(
            \.name
        )
    }
}

/// A member crew's work, from its beginning to its end.
extension RunState {
    /// Has a member crew begin an assignment.
    mutating func open(_ member: MemberCrew, at place: Int, for assignment: Assignment, in outer: Int) {
        let used = timeUsed(at: place, now: elapsed(at: clock))
        let scope = Scope(
            of: assignment.id,
            place: place,
            parent: outer,
            crew: commissioned(member.crew, with: assignment, of: scopes[outer].crew),
            commission: commission(assignment, in: outer),
            began: elapsed(at: clock),
            time: places[place].time.map { max(0, Int64($0).subtractingWithSaturation(used)) }
        )
        scopes.append(scope)
        setCoordinatorOpening(of: scopes.count - 1)
    }

    /// How long the crew of a place has been at work, in milliseconds; what went on side by side counts once.
    ///
    /// - Parameter now: How long the run has been executed, likewise.
    func timeUsed(at place: Int, now: Int64) -> Int64 {
        let spans = scopes.filter { $0.place == place }.map { ($0.began, $0.ended ?? now) }.sorted { $0.0 < $1.0 }
        var (used, end): (Int64, Int64) = (0, .min)
        for (first, last) in spans where last > end {
            used = used.addingWithSaturation(last.subtractingWithSaturation(max(first, end)))
            end = last
        }
        return used
    }

    /// The crew, with what an assignment's task asks of the result asked of the inner task that gives the answer, so that
    /// its agent is told and can mend it.
    private func commissioned(_ crew: Crew, with assignment: Assignment, of outer: Crew) -> Crew {
        guard let task = assignment.task.flatMap({ outer.task($0) }), task.output != nil || !task.accept.isEmpty,
            let answer = crew.process.rules.answeringTask(of: crew),
            let index = crew.tasks.firstIndex(where: { $0.name == answer })
        else { return crew }
        var crew = crew
        if crew.tasks[index].output == nil { crew.tasks[index].output = task.output }
        for criterion in task.accept where !crew.tasks[index].accept.contains(criterion) {
            crew.tasks[index].accept.append(criterion)
        }
        return crew
    }

    /// Ends the work of a member crew, and of those that work for it.
    mutating func closeScope(_ index: Int) {
        exchanges = exchanges.filter { !isScope($0.scope, within: index) }
        for scope in scopes.indices where scopes[scope].isOpen && isScope(scope, within: index) {
            scopes[scope].isOpen = false
            scopes[scope].ended = elapsed(at: clock)
            for assignment in scopes[scope].assignments where assignments[assignment].isActive {
                assignments[assignment].status = .failed(
                    code: "abandoned",
                    message: "the crew's work ended before it was done"
                )
            }
            scopes[scope].activeAssignments = 0
        }
    }

    /// Lets a member crew go on that had failed at what is still to be done: its accepted results are kept.
    mutating func reopenScopes() {
        for scope in scopes.indices where scopes[scope].isOpen {
            for index in scopes[scope].assignments {
                guard let inner = assignments[index].inner, assignments[index].isFailed, isStillDue(index) else {
                    continue
                }
                assignments[index].status = .active
                scopes[scope].activeAssignments += 1
                scopes[scope].reopened.insert(index)
                scopes[inner].isOpen = true
                // The time in which it was closed is not its own.
                if let ended = scopes[inner].ended {
                    scopes[inner].began += max(0, elapsed(at: clock).subtractingWithSaturation(ended))
                }
                scopes[inner].ended = nil
            }
        }
    }

    /// Whether what an assignment was for has not been done, or begun again, since it failed.
    private func isStillDue(_ index: Int) -> Bool {
        let state = assignments[index]
        let scope = scopes[state.scope]
        guard let task = state.assignment.task else { return state.instruction == scope.coordinator.issued.count }
        return scope.latestResults[task] == nil
            && scope.assignments.last { assignments[$0].assignment.task == task } == index
    }
}
