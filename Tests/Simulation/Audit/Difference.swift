/// Where two values of one type first differ, to the last stored property, whether or not it can be seen from here.
///
/// Templates are left out: they are no part of a run's state. What cannot be compared at all, such as a memory of
/// earlier results, is left out as well.
func firstDifference(_ left: Any, _ right: Any, _ path: String) -> String? {
    switch (left as? AnyHashable, right as? AnyHashable) {
    case (let left?, let right?): return left == right ? nil : "\(path) is \(left), and from the journal \(right)"
    case (nil, nil): break
    default: return "\(path) is there once only"
    }
    let leftMirror = Mirror(reflecting: left)
    let rightMirror = Mirror(reflecting: right)
    guard leftMirror.displayStyle != .class else { return nil }
    let ownChildren = Array(leftMirror.children)
    let otherChildren = Array(rightMirror.children)
    guard ownChildren.count == otherChildren.count else {
        return "\(path) has \(ownChildren.count) parts, and from the journal \(otherChildren.count)"
    }
    for (index, (own, other)) in zip(ownChildren, otherChildren).enumerated() where own.label != "prompts" {
        let name = own.label ?? String(index)
        guard own.label == other.label else { return "\(path) is \(name), and from the journal \(other.label ?? "")" }
        if let difference = firstDifference(own.value, other.value, "\(path).\(name)") { return difference }
    }
    return nil
}
