import ChatModel

extension RunState {
    /// Takes a fact into the state.
    ///
    /// Total: a fact that does not fit the state, which no executor records, changes nothing but the sequence.
    public mutating func apply(_ event: Event) {
        sequence = event.sequence
        let previous = clock
        clock = max(clock, event.time)
        switch event.fact {
        case .runCreated:
            startOfEpoch = event.time
            setCoordinatorOpening(of: 0)
        case .runResumed(let fact): resume(fact, at: event.time, lastSeen: previous)
        case .instructionIssued(let fact): carryOut(fact)
        case .assignmentStarted(let assignment): start(assignment)
        case .callIntended(let fact): intend(fact)
        case .callCompleted(let fact): complete(fact)
        case .callFailed(let fact): fail(fact, at: event.time)
        case .retryScheduled(let fact):
            updateExchange(ofCall: fact.call) { exchange, call in
                exchange.phase = .waiting(call, until: fact.at)
            }
        case .dialectLearned(let fact):
            dialects[fact.model] = fact.dialect
            lessons.append(fact)
        case .modelReplaced(let fact): replace(fact)
        case .toolIntended(let fact): intend(fact)
        case .toolCompleted(let fact): complete(fact)
        case .answerRejected(let fact): reject(fact)
        case .resultAccepted(let result): accept(result)
        case .assignmentFailed(let fact): fail(fact)
        case .stallDetected(let fact):
            if let scope = scopeIndex(of: fact.scope) { scopes[scope].coordinator.mustPlan = true }
        case .limitReached(let fact): reach(fact)
        case .signalReceived(let fact): receive(fact)
        case .runEnded(let fact):
            abandonCalls()
            timeBefore = elapsed(at: event.time)
            startOfEpoch = event.time
            status = fact.status
            end = fact
        case .unknown: break
        }
        // What was worked out to decide on a call held for the state before.
        for scope in scopes.indices where scopes[scope].coordinator.proposal != nil {
            scopes[scope].coordinator.proposal = nil
        }
    }

    /// Has a crew's coordinator begin each exchange with the prompt of now.
    mutating func setCoordinatorOpening(of scope: Int) {
        guard scopes[scope].crew.process.hasCoordinator else { return }
        scopes[scope].coordinator.opening = Conversation([.system(coordinatorPrompt(in: scope))])
    }

    // MARK: - Instructions and assignments

    private mutating func carryOut(_ fact: InstructionIssued) {
        guard let index = scopeIndex(of: fact.scope) else { return }
        let seat = Seat.coordinator(of: fact.scope)
        if fact.call != nil { noteForm(ofAnswerTo: seat) }
        close(seat)
        scopes[index].coordinator.issued.append(fact.instruction)
        scopes[index].coordinator.withoutProgress += 1
        let form = fact.instruction.form
        let scope = ScopeView(self, index)
        scopes[index].coordinator.pending += form.orders(in: scope)
        form.carryOut(&scopes[index].coordinator, in: scope)
    }

    private mutating func start(_ assignment: Assignment) {
        guard let scope = scopeIndex(of: assignment.scope) else { return }
        if !scopes[scope].coordinator.pending.isEmpty { scopes[scope].coordinator.pending.removeFirst() }
        let place = scopes[scope].place
        let index = assignments.count
        let member = scopes[scope].crew.member(assignment.agent)
        let inner = member.flatMap { places[place].crews[$0.name] }
        assignments.append(
            AssignmentState(
                assignment: assignment,
                scope: scope,
                inner: inner == nil ? nil : scopes.count,
                instruction: scopes[scope].coordinator.issued.count
            )
        )
        scopes[scope].assignments.append(index)
        scopes[scope].activeAssignments += 1
        if let member, let inner {
            open(member, at: inner, for: assignment, in: scope)
        } else {
            let kind = Opening(
                member: places[place].prefix + assignment.agent,
                readsData: readsData(assignment, in: scope)
            )
            let opening = openings[kind] ?? opening(of: assignment, in: scope)
            openings[kind] = opening
            exchanges.append(openExchange(for: assignment, in: scope, after: opening))
        }
    }

    private mutating func accept(_ result: AcceptedResult) {
        results.append(result)
        guard let index = assignmentIndex(result.assignment) else { return }
        let scope = assignments[index].scope
        scopes[scope].results.append(results.count - 1)
        if let task = result.task { scopes[scope].latestResults[task] = result.id }
        scopes[scope].coordinator.withoutProgress = 0
        if result.isStructured { noteForm(ofAnswerTo: .assignment(result.assignment)) }
        end(index, .accepted(result: result.id))
    }

    private mutating func fail(_ fact: AssignmentFailed) {
        guard let index = assignmentIndex(fact.assignment), assignments[index].isActive else { return }
        end(index, .failed(code: fact.code, message: fact.message))
    }

    private mutating func end(_ index: Int, _ status: AssignmentState.Status) {
        if assignments[index].isActive { scopes[assignments[index].scope].activeAssignments -= 1 }
        assignments[index].status = status
        close(.assignment(assignments[index].assignment.id))
        if let inner = assignments[index].inner { closeScope(inner) }
    }

    private mutating func reach(_ limit: LimitReached) {
        guard let member = limit.agent else { return exhausted = limit }
        if let place = places.firstIndex(where: { $0.parent != nil && $0.path.joined(separator: "/") == member }) {
            exhaustedPlaces[place] = limit
        }
        exhaustedMembers.insert(member)
    }
}
