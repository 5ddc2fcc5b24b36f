package dashboard

import "chiso/reform"

// fakeDataRoom is what the pages of search, compare, indices and the data room are answered from.
type fakeDataRoom struct {
	units []reform.UnitFacts // departments and communes
}
